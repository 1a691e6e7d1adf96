/* SPDX-License-Identifier: GPL-2.0 */
/* Addresses at which a system call's argument can or cannot be read. */
#ifndef MEMORY_H
#define MEMORY_H

#include <stddef.h>

enum place {
	READABLE,	/* an ordinary object */
	AT_NULL,
	UNMAPPED,	/* a page that is not there */
	LAST_BYTE_OUT,	/* all but the last byte is readable, the next page is not there */
	FIRST_BYTE_IN,	/* only the first byte is readable */
	KERNEL,		/* 0xc0000000, where the kernel begins */
	INTO_KERNEL,	/* starts below it and ends above */
	TOP,		/* the last bytes of the address space; the object would wrap */
};

/* The address for an object of that size; its readable part, if any, is copied from there. */
void *put_at(enum place place, const void *object, size_t size);

#endif
