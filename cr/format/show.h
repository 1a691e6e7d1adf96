/* SPDX-License-Identifier: GPL-2.0 */
/* Print an image for people: the tree and its pids; and memory, registers, files and signals of each process. */
#ifndef SHOW_H
#define SHOW_H

#include <stdio.h>

#include "cr/image/image.h"

/* The caller checks ferror(). */
void image_show(FILE *f, const struct image *image);

/*
 * Convert the image's tree to the model of lib/tree.h, for tables; the caller frees it.  Returns 0, or -1 with errno.
 */
struct tree;
int image_tree(struct tree *tree, const struct image *image);

#endif
