/* SPDX-License-Identifier: GPL-2.0 */
/* Addresses from which the kernel can, or cannot, read an argument of a system call. */
#ifndef MEMORY_H
#define MEMORY_H

#include <stddef.h>

enum place {
	READABLE,	/* an ordinary object */
	AT_NULL,
	UNMAPPED,	/* in a page that is not mapped */
	LAST_BYTE_OUT,	/* all but the last byte is readable; the next page is not mapped */
	FIRST_BYTE_IN,	/* only the first byte is readable */
	KERNEL,		/* 0xc0000000, where the kernel begins */
	INTO_KERNEL,	/* starts below it and ends above */
	TOP,		/* the last bytes of the address space; the object would wrap */
};

/* Return the address for an object of this size.  Its readable part, if any, is copied from object. */
void *put_at(enum place place, const void *object, size_t size);

#endif
