/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Room for recorded pages.  They are read to where they are written from, and the room of one process serves the next: a
 * page that is touched for the first time costs more than its contents' way through the checkpoint.
 */
#ifndef PAGE_STORE_H
#define PAGE_STORE_H

#include <stddef.h>
#include <stdint.h>

struct page_store {
	struct slab *slabs;
	uint32_t n, current;		/* all slabs; the one that is being filled */
};

/*
 * Room for *size bytes, or for fewer, at least a page: *size says how many.  It is taken only by store_take().  NULL with
 * errno: there is no memory.
 */
unsigned char *store_room(struct page_store *s, size_t *size);
void store_take(struct page_store *s, size_t size);

/* Give back all that was taken, and keep the memory for what comes next; or free it, too. */
void store_reset(struct page_store *s);
void store_free(struct page_store *s);

#endif
