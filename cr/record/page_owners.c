// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "page_owners.h"

#define FIRST_SIZE 256

/*
 * The place of a frame in the table, or where it would be; there is always a free place.  The frame number itself is
 * the hash, as frames of one process are often consecutive.
 */
static struct page_owner *place_of(const struct page_owners *f, uint32_t frame)
{
	uint32_t at = frame & (f->size - 1);

	while (f->table[at].frame && f->table[at].frame != frame)
		at = (at + 1) & (f->size - 1);
	return &f->table[at];
}

const struct page_owner *page_owners_find(const struct page_owners *f, uint32_t frame)
{
	const struct page_owner *o = f->size ? place_of(f, frame) : NULL;

	return o && o->frame ? o : NULL;
}

static int grow(struct page_owners *f)
{
	struct page_owners larger = { .n = f->n, .size = f->size ? 2 * f->size : FIRST_SIZE };

	larger.table = calloc(larger.size, sizeof(*larger.table));
	if (!larger.table)
		return -1;
	for (uint32_t i = 0; i < f->size; i++)
		if (f->table[i].frame)
			*place_of(&larger, f->table[i].frame) = f->table[i];
	free(f->table);
	*f = larger;
	return 0;
}

int page_owners_add(struct page_owners *f, uint32_t frame, int32_t process, uint32_t address)
{
	/* Half of it stays free, so that a search is short. */
	if (2 * f->n >= f->size && grow(f))
		return -1;
	*place_of(f, frame) = (struct page_owner){ frame, process, address };
	f->n++;
	return 0;
}

void page_owners_free(struct page_owners *f)
{
	free(f->table);
	*f = (struct page_owners){ 0 };
}
