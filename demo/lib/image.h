/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The checkpoint image: text, so that it can be read on the spot.
 *
 *   clone_with_pids checkpoint, version 1
 *   tasks 9
 *   task 0 parent -1 name outer-init pids 93,1 group 93 session 93
 *        knows parent 0 children 1:4,2:6,4:11
 *        steps 57 sent 171 answered 0 heard 0 lost 0 strange 0
 *   ...
 *   end crc32 1c291ca3
 *
 * pids are oldest namespace first; group and session are pids at the oldest
 * level; what a task knows are pids as it sees them itself.  The checksum is
 * that of IEEE 802.3 (cksum -o3, zlib's crc32()) over all bytes before the line
 * that has it, so that a file that was cut or changed is recognised.
 */
#ifndef IMAGE_H
#define IMAGE_H

#include <stdio.h>

#include "app.h"
#include "tree.h"

/* Longer than any image: 32 tasks at 33 levels. */
#define IMAGE_SIZE_MAX 32768

struct image {
	struct tree tree;			/* of 1..APP_TASKS_MAX tasks */
	struct app_state state[APP_TASKS_MAX];	/* by index in the tree, = its id */
};

/* Write the image to path: to a temporary name first, then renamed.  0, or -1 when reported. */
int image_write(const struct image *image, const char *path);

/*
 * Read and check the image.  What is returned can be restarted: parents come
 * before their children, levels fit, containers begin with a pid 1, names and
 * pids are unique, groups and sessions are ones that fork() hands down.
 * 0, or -1 when an error has been reported, with the line it is about.
 */
int image_read(struct image *image, const char *path);

/* As image_write(), to a stream.  0, or -1 with errno. */
int image_print(FILE *f, const struct image *image);

void image_free(struct image *image);

#endif
