/* SPDX-License-Identifier: GPL-2.0 */
#ifndef IMAGE_CHECK_H
#define IMAGE_CHECK_H

#include "cr/image/unsound.h"

/*
 * Check that a restart can rely on this image: parents come before their children, and levels fit; pids are unique in
 * their namespaces; each process and thread belongs to one task; every index is in range and refers to the right kind;
 * mappings do not overlap; pages lie in mappings; descriptors are unique; counts are bounded.  Returns 0, or -1 when an
 * error has been reported, with path and element.
 */
int image_check(const struct image *image, const char *path);

/*
 * The part of image_check() that a checkpoint calls before it kills the tree.  Of the processes, only their number has
 * to be known.
 */
int image_check_tasks(const struct image *image, const char *path);

/* The other parts: check_process.c, check_objects.c. */
int image_check_process(const struct check *c, uint32_t i);
int image_check_thread(const struct check *c, uint32_t i);
int image_check_objects(const struct check *c);

#endif
