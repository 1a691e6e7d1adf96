// SPDX-License-Identifier: GPL-2.0
/* Find the pages of an image that several processes share, and who must have them when. */
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "cr/image/memory.h"
#include "lib/report.h"
#include "share.h"

/* Assign ranks in the order of creation: each process before those that it creates. */
static void rank_processes(struct share_work *w, int index, uint32_t *next)
{
	const struct planned *p = &w->plan->planned[index];

	w->rank[index] = (*next)++;
	w->process[index] = p->task < 0 ? -1 : w->image->tasks[p->task].process;
	if (w->process[index] >= 0)
		w->planned[w->process[index]] = index;
	for (int early = 1; early >= 0; early--)
		for (int i = p->first[early]; i >= 0; i = w->plan->planned[i].next)
			rank_processes(w, i, next);
}

static int by_group(const void *a, const void *b)
{
	const struct share_page *x = a, *y = b;

	if (x->owner != y->owner)
		return x->owner < y->owner ? -1 : 1;
	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	return (x->rank > y->rank) - (x->rank < y->rank);
}

/* A fork() can share only private anonymous memory with the same flags, at the same address in both. */
static bool can_share(const struct share_work *w, const struct process *p, const struct borrowed *b, uint32_t at)
{
	const struct vma *own = share_vma(p, b->start + at);
	const struct vma *other = share_vma(&w->image->processes[b->process], b->from + at);

	return b->start == b->from && own && other && own->kind == VMA_ANON && other->kind == VMA_ANON &&
	       !((own->flags ^ other->flags) & SHARE_KEPT_FLAGS);
}

static void add_pages(struct share_work *w, uint32_t process, const struct borrowed *b)
{
	const int planned[] = { w->planned[process], w->planned[b->process] };

	for (uint32_t at = 0; at < b->size; at += PAGE_BYTES)
		for (int i = 0; i < 2 && can_share(w, &w->image->processes[process], b, at); i++)
			w->pages[w->n_pages++] = (struct share_page){
				.owner = b->process, .address = b->from + at, .planned = planned[i], .rank = w->rank[planned[i]],
			};
}

/* Make an entry for each process that has one of these pages, sorted by group and then by rank. */
static int collect_pages(struct share_work *w)
{
	uint64_t most = 0;
	uint32_t n = 0;

	for (uint32_t i = 0; i < w->image->n_processes; i++)
		for (uint32_t k = 0; k < w->image->processes[i].n_borrowed; k++)
			most += 2 * (w->image->processes[i].borrowed[k].size / PAGE_BYTES);
	if (!most)
		return 0;
	w->pages = most < SIZE_MAX / sizeof(*w->pages) ? malloc(most * sizeof(*w->pages)) : NULL;
	if (!w->pages)
		return -1;
	for (uint32_t i = 0; i < w->image->n_processes; i++)
		for (uint32_t k = 0; k < w->image->processes[i].n_borrowed; k++)
			add_pages(w, i, &w->image->processes[i].borrowed[k]);
	qsort(w->pages, w->n_pages, sizeof(*w->pages), by_group);
	/* The owner has an entry for each borrower: drop the duplicates. */
	for (uint32_t i = 0; i < w->n_pages; i++)
		if (!n || by_group(&w->pages[n - 1], &w->pages[i]))
			w->pages[n++] = w->pages[i];
	w->n_pages = n;
	return 0;
}

/*
 * The nearest common ancestor of all of them must have the page before it creates the first one that needs it.
 * Processes come after their creator in the plan.
 */
static int needed_before(const struct share_work *w, const struct share_page *first, const struct share_page *last)
{
	const struct planned *planned = w->plan->planned;
	int a = first->planned, b = last->planned, child;

	while (a != b) {
		if (a > b)
			a = planned[a].creator;
		else
			b = planned[b].creator;
	}
	child = first->planned == a ? first[1].planned : first->planned;
	while (planned[child].creator != a)
		child = planned[child].creator;
	return child;
}

/* Make a group for each shared page that has a place in the window. */
static int make_groups(const struct share *s, struct share_work *w)
{
	w->groups = malloc((w->n_pages + 1) * sizeof(*w->groups));
	if (!w->groups)
		return -1;
	for (uint32_t i = 0, next; i < w->n_pages; i = next) {
		struct share_page *first = &w->pages[i];
		const struct vma *v = share_vma(&w->image->processes[first->owner], first->address);
		uint32_t at = share_place(s, v);

		for (next = i; next < w->n_pages && w->pages[next].owner == first->owner &&
			       w->pages[next].address == first->address; next++)
			w->pages[next].group = at ? w->n_groups : SHARE_NO_GROUP;
		if (at)
			w->groups[w->n_groups++] = (struct share_group){
				.owner = first->owner, .address = first->address, .at = at + (first->address - v->start),
				.before = needed_before(w, first, &w->pages[next - 1]),
			};
	}
	return 0;
}

static int by_creation(const void *a, const void *b)
{
	const struct share_fill *x = a, *y = b;

	if (x->before != y->before)
		return x->before < y->before ? -1 : 1;
	return (x->to > y->to) - (x->to < y->to);
}

static int make_fills(struct share *s, const struct share_work *w)
{
	s->fills = malloc((w->n_groups + 1) * sizeof(*s->fills));
	if (!s->fills)
		return -1;
	for (uint32_t i = 0; i < w->n_groups; i++) {
		const struct share_group *g = &w->groups[i];
		unsigned long from = (unsigned long)process_page(&w->image->processes[g->owner], g->address);
		struct share_fill *last = s->n_fills ? &s->fills[s->n_fills - 1] : NULL;

		if (last && last->before == g->before && last->to + last->size == g->at && last->from + last->size == from)
			last->size += PAGE_BYTES;
		else
			s->fills[s->n_fills++] = (struct share_fill){ g->before, g->at, PAGE_BYTES, from };
	}
	qsort(s->fills, s->n_fills, sizeof(*s->fills), by_creation);
	return 0;
}

static int make(struct share *s, struct share_work *w)
{
	uint32_t next = 0;

	w->rank = calloc(w->plan->n, sizeof(*w->rank));
	w->process = calloc(w->plan->n, sizeof(*w->process));
	w->planned = calloc(w->image->n_processes + 1, sizeof(*w->planned));
	if (!w->rank || !w->process || !w->planned)
		return -1;
	rank_processes(w, 0, &next);
	if (collect_pages(w) || share_find_areas(s, w))
		return -1;
	if (share_window(s, w->image)) {
		s->n_areas = 0;		/* no room: all is copied */
		return 0;
	}
	return make_groups(s, w) || make_fills(s, w) || share_follow(s, w) ? -1 : 0;
}

int share_make(struct share *s, const struct image *image, const struct plan *plan)
{
	struct share_work w = { .image = image, .plan = plan };
	int ret;

	*s = (struct share){ 0 };
	ret = make(s, &w);
	if (ret)
		report(errno, "plan what the processes share");
	free(w.rank);
	free(w.process);
	free(w.planned);
	free(w.pages);
	free(w.groups);
	return ret;
}

void share_free(struct share *s)
{
	for (uint32_t i = 0; i < s->n_of; i++)
		free(s->of[i].run);
	if (s->window.end)
		munmap((void *)s->window.start, s->window.end - s->window.start);
	free(s->of);
	free(s->areas);
	free(s->fills);
	*s = (struct share){ 0 };
}
