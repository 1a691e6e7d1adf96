/* SPDX-License-Identifier: GPL-2.0 */
/* The pid namespaces of a tree as boxes inside each other, in 79 columns of ASCII. */
#ifndef BOXES_H
#define BOXES_H

#include <stdio.h>

#include "tree.h"

/*
 * A box for each pid namespace, with its tasks and, inside, the boxes of the namespaces below it.  A task is its name
 * and its pids, oldest namespace first.  The kernel says which namespace is inside which, but only of live tasks:
 * zombies, and tasks that have ended since the tree was read, are in the box of their parents if those are shown.
 * Returns 0, or -1 with errno.
 */
int boxes_print(FILE *f, const struct tree *tree);

#endif
