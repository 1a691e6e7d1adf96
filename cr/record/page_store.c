// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <sys/mman.h>

#include "cr/image/image.h"
#include "lib/free_memory.h"
#include "lib/grow.h"
#include "page_store.h"

#define SLAB_SIZE (256 * PAGE_BYTES)

struct slab {
	unsigned char *data;
	size_t taken, touched;		/* bytes; all that was ever touched stays in memory */
};

/* The slab with room, a new one if need be. */
static struct slab *slab_with_room(struct page_store *s)
{
	struct slab *larger;
	void *data;

	if (s->current < s->n && s->slabs[s->current].taken == SLAB_SIZE)
		s->current++;
	if (s->current < s->n)
		return &s->slabs[s->current];
	larger = grow(s->slabs, s->n, sizeof(*larger));
	if (!larger)
		return NULL;
	s->slabs = larger;
	data = mmap(NULL, SLAB_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (data == MAP_FAILED)
		return NULL;
	s->slabs[s->n] = (struct slab){ .data = data };
	return &s->slabs[s->n++];
}

unsigned char *store_room(struct page_store *s, size_t *size)
{
	struct slab *slab = slab_with_room(s);
	size_t end;

	if (!slab)
		return NULL;
	if (*size > SLAB_SIZE - slab->taken)
		*size = SLAB_SIZE - slab->taken;
	end = slab->taken + *size;
	if (end > slab->touched) {
		if (!memory_admit(end - slab->touched))
			return NULL;
		slab->touched = end;
	}
	return slab->data + slab->taken;
}

void store_take(struct page_store *s, size_t size)
{
	s->slabs[s->current].taken += size;
}

void store_reset(struct page_store *s)
{
	for (uint32_t i = 0; i < s->n; i++)
		s->slabs[i].taken = 0;
	s->current = 0;
}

void store_free(struct page_store *s)
{
	for (uint32_t i = 0; i < s->n; i++)
		munmap(s->slabs[i].data, SLAB_SIZE);
	free(s->slabs);
	*s = (struct page_store){ 0 };
}
