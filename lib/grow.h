/* SPDX-License-Identifier: GPL-2.0 */
/* Arrays that grow by one element at a time. */
#ifndef GROW_H
#define GROW_H

#include <stdlib.h>

/*
 * Room for one more element behind the n that an array has, each of this size: doubled at each power of two.  Returns the
 * array, which may have moved; or NULL with errno, and it is as it was.
 */
static inline void *grow(void *array, size_t n, size_t size)
{
	return n & (n - 1) ? array : realloc(array, (n ? 2 * n : 1) * size);
}

#endif
