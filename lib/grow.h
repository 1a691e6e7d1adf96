/* SPDX-License-Identifier: GPL-2.0 */
/* Arrays that grow by one element at a time. */
#ifndef GROW_H
#define GROW_H

#include <stdlib.h>

/*
 * Make room for one more element of this size after the n that an array has.  The array doubles when n is a power of
 * two.  Returns the array, which may have moved, or NULL with errno: then the array is unchanged.
 */
static inline void *grow(void *array, size_t n, size_t size)
{
	return n & (n - 1) ? array : realloc(array, (n ? 2 * n : 1) * size);
}

#endif
