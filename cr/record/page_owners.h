/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which process was the first to be seen with a page frame.  Takes 12 bytes for each remembered frame, and as much
 * again for free places.
 */
#ifndef PAGE_OWNERS_H
#define PAGE_OWNERS_H

#include <stdint.h>

struct page_owner {
	uint32_t frame;			/* the page frame number in /proc/PID/pagemap; 0: this place is free */
	int32_t process;		/* processes[] of the image */
	uint32_t address;		/* the page's address in that process */
};

struct page_owners {
	struct page_owner *table;	/* hashed by frame, open addressing */
	uint32_t n, size;		/* owners, and places: a power of two, or 0 */
};

/* Find the owner of a frame; NULL: it has none.  Valid until the next page_owners_add(). */
const struct page_owner *page_owners_find(const struct page_owners *f, uint32_t frame);

/* Remember the owner of a frame that has none yet; frame is not 0.  Returns 0, or -1: out of memory. */
int page_owners_add(struct page_owners *f, uint32_t frame, int32_t process, uint32_t address);

void page_owners_free(struct page_owners *f);

#endif
