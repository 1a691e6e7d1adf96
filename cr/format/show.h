/* SPDX-License-Identifier: GPL-2.0 */
/* An image in words, for people: tree and pids, and of each process memory, registers, files, signals. */
#ifndef SHOW_H
#define SHOW_H

#include <stdio.h>

#include "cr/image/image.h"

/* The caller looks at ferror(). */
void image_show(FILE *f, const struct image *image);

/* The image's tree in the model of tree.h, for tables; tree_free() it.  0, or -1 with errno. */
struct tree;
int image_tree(struct tree *tree, const struct image *image);

#endif
