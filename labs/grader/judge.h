/* SPDX-License-Identifier: GPL-2.0 */
/* Is the tree that /proc shows the one of the image? */
#ifndef JUDGE_H
#define JUDGE_H

#include <stdbool.h>

#include "keeper.h"
#include "labs/c/given.h"
#include "verdict.h"

/* Compare the tasks below the keeper with the image.  False: why has what was expected and what the kernel reports. */
bool judge_tree(const struct keeper *k, const struct image *image, char why[WHY_SIZE]);

/* Is nothing left below the keeper?  Waits a while, for those that are dead already. */
bool judge_empty(const struct keeper *k, char why[WHY_SIZE]);

#endif
