/* SPDX-License-Identifier: GPL-2.0 */
/* Helpers for the checks of an image: those of the model, and those of the kinds of open files. */
#ifndef IMAGE_UNSOUND_H
#define IMAGE_UNSOUND_H

#include "image.h"

/* An image that is being checked, and the path from which it was read. */
struct check {
	const struct image *image;
	const char *path;
};

/* Report `PATH': LIST INDEX: WHY.  Returns -1. */
int image_refuse(const struct check *c, const char *list, uint32_t index, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Is it an index of a list of n elements?  is_in_or_none() also accepts -1. */
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
