/* SPDX-License-Identifier: GPL-2.0 */
/* Which process was first seen to have a page frame: 12 bytes for each frame that is remembered, and as many free. */
#ifndef PAGE_OWNERS_H
#define PAGE_OWNERS_H

#include <stdint.h>

struct page_owner {
	uint32_t frame;			/* its number, from /proc/PID/pagemap; 0: a free place in the table */
	int32_t process;		/* of the image */
	uint32_t address;		/* where it is there */
};

struct page_owners {
	struct page_owner *table;	/* hashed by frame, open addressing */
	uint32_t n, size;		/* owners, and places: a power of two, or 0 */
};

/* NULL: nobody.  Valid until the next page_owners_add(). */
const struct page_owner *page_owners_find(const struct page_owners *f, uint32_t frame);

/* Remember the owner of a frame that has none yet; frame is not 0.  0, or -1: out of memory. */
int page_owners_add(struct page_owners *f, uint32_t frame, int32_t process, uint32_t address);

void page_owners_free(struct page_owners *f);

#endif
