// SPDX-License-Identifier: GPL-2.0
/* Choose the parts of the window, and find mappings and fills in it. */
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>

#include "share.h"

const struct vma *share_vma(const struct process *p, uint32_t address)
{
	uint32_t low = 0, high = p->n_vmas;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (p->vmas[middle].end <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low < p->n_vmas && p->vmas[low].start <= address ? &p->vmas[low] : NULL;
}

static int by_area(const void *a, const void *b)
{
	const struct share_area *x = a, *y = b;

	if (x->flags != y->flags)
		return x->flags < y->flags ? -1 : 1;
	return (x->start > y->start) - (x->start < y->start);
}

/* The kernel may refuse a mapping of half of the memory or more (overcommit): leave such an area out. */
int share_find_areas(struct share *s, const struct share_work *w)
{
	struct sysinfo info = { 0 };
	uint32_t n = 0, kept = 0;

	s->areas = malloc((w->n_pages + 1) * sizeof(*s->areas));
	if (!s->areas || sysinfo(&info))
		return -1;
	for (uint32_t i = 0; i < w->n_pages; i++) {
		const struct share_page *page = &w->pages[i];
		const struct vma *v = share_vma(&w->image->processes[w->process[page->planned]], page->address);

		s->areas[n++] = (struct share_area){ v->start, v->end, v->flags & SHARE_KEPT_FLAGS, 0 };
	}
	qsort(s->areas, n, sizeof(*s->areas), by_area);
	for (uint32_t i = 0; i < n; i++) {
		struct share_area *last = kept ? &s->areas[kept - 1] : NULL, *a = &s->areas[i];

		if (!last || last->flags != a->flags || last->end <= a->start)
			s->areas[kept++] = *a;
		else if (last->end < a->end)
			last->end = a->end;
	}
	for (uint32_t i = 0; i < kept; i++)
		if (s->areas[i].end - s->areas[i].start < (uint64_t)info.totalram * info.mem_unit / 2)
			s->areas[s->n_areas++] = s->areas[i];
	return 0;
}

uint32_t share_place(const struct share *s, const struct vma *v)
{
	const struct share_area key = { .start = v->start, .flags = v->flags & SHARE_KEPT_FLAGS };
	uint32_t low = 0, high = s->n_areas;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (by_area(&s->areas[middle], &key) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || v->kind != VMA_ANON || s->areas[low - 1].flags != key.flags || s->areas[low - 1].end < v->end)
		return 0;
	return s->areas[low - 1].at + (v->start - s->areas[low - 1].start);
}

uint32_t share_first_fill(const struct share_fill *fills, uint32_t n, int index)
{
	uint32_t low = 0, high = n;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (fills[middle].before < index)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
