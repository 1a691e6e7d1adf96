// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include <sys/mman.h>

#include "harness.h"
#include "memory.h"

#define PAGE 4096UL

/* The end of a readable page, behind which a page is not there. */
static char *edge(void)
{
	char *p = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED || munmap(p + PAGE, PAGE) < 0)
		broken("mmap a page before a hole");
	return p + PAGE;
}

static void *before_edge(const void *object, size_t readable)
{
	return memcpy(edge() - readable, object, readable);
}

void *put_at(enum place place, const void *object, size_t size)
{
	switch (place) {
	case AT_NULL:
		return NULL;
	case UNMAPPED:
		return edge();
	case LAST_BYTE_OUT:
		return before_edge(object, size - 1);
	case FIRST_BYTE_IN:
		return before_edge(object, 1);
	case KERNEL:
		return (void *)0xc0000000UL;
	case INTO_KERNEL:
		return (void *)(0xc0000000UL - size / 2);
	case TOP:
		return (void *)(0UL - size / 2);
	case READABLE:
		break;
	}
	return before_edge(object, size);	/* whole, and not a byte more */
}
