/* SPDX-License-Identifier: GPL-2.0 */
#ifndef IMAGE_CHECK_H
#define IMAGE_CHECK_H

#include "cr/image/unsound.h"

/*
 * Can a restart believe this image?  Parents come before their children and levels fit, pids are unique in their
 * namespaces, each process and thread belongs to one task, every index is one of a list and of the right kind,
 * mappings do not overlap, pages lie in mappings, descriptors are unique, what is counted out is bounded.
 * 0, or -1 when an error has been reported, with path and element.
 */
int image_check(const struct image *image, const char *path);

/*
 * A checkpoint asks for this part of it before it ends a tree: of the processes only their number needs to be known.
 */
int image_check_tasks(const struct image *image, const char *path);

/* Other parts: check_*.c. */
int image_check_process(const struct check *c, uint32_t i);
int image_check_thread(const struct check *c, uint32_t i);
int image_check_objects(const struct check *c);

#endif
