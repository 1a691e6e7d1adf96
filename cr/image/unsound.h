/* SPDX-License-Identifier: GPL-2.0 */
/* What the checks of an image are made of: of the model, and of the kinds of open files. */
#ifndef IMAGE_UNSOUND_H
#define IMAGE_UNSOUND_H

#include "image.h"

/* An image that is checked, and where it was read from. */
struct check {
	const struct image *image;
	const char *path;
};

/* Report `PATH': LIST INDEX: WHY.  Returns -1. */
int image_refuse(const struct check *c, const char *list, uint32_t index, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

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
