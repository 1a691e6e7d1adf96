/* SPDX-License-Identifier: GPL-2.0 */
#ifndef IMAGE_CHECK_H
#define IMAGE_CHECK_H

#include "image.h"

/*
 * Can a restart believe this image?  Parents come before their children and levels fit, pids are unique in their
 * namespaces, each process and thread belongs to one task, every index is one of a list and of the right kind,
 * mappings do not overlap, pages lie in mappings, descriptors are unique, what is counted out is bounded.
 * 0, or -1 when an error has been reported, with path and element.
 */
int image_check(const struct image *image, const char *path);

/*
 * The parts of it: image_check_*.c.  A checkpoint asks for the first before it ends a tree: of the processes only
 * their number needs to be known.
 */
int image_check_tasks(const struct image *image, const char *path);
int image_check_process(const struct image *image, uint32_t i);
int image_check_thread(const struct image *image, uint32_t i);
int image_check_objects(const struct image *image);

/* `PATH': LIST INDEX: WHY.  Returns -1. */
int image_refuse(const char *list, uint32_t index, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* One of a list of n; or none at all, -1. */
static inline bool is_in(int32_t index, uint32_t n)
{
	return index >= 0 && (uint32_t)index < n;
}

static inline bool is_in_or_none(int32_t index, uint32_t n)
{
	return index == -1 || is_in(index, n);
}

static inline bool is_absolute(const char *path)
{
	return path && *path == '/';
}

#endif
