// SPDX-License-Identifier: GPL-2.0
/*
 * What is in the window of each process when it has created all of its children?  Follow the processes in the order of
 * their creation.  Each begins with what its creator has at that moment.  Only those that it creates later see what it
 * puts there itself.
 */
#include <stdlib.h>

#include "share.h"

/* The window of the process that is being followed. */
struct view {
	struct share *share;
	const struct share_work *work;
	uint32_t *by_need;		/* groups, by the creation before which they are put there */
	uint32_t n_slots;
	uint32_t *slots;		/* the addresses of groups in the window, each once, sorted */
	uint32_t *group;		/* by slot: what is there; SHARE_NO_GROUP: nothing */
	/* An undo log.  Each group is put into the window once, so there is room for that many entries. */
	uint32_t n_past;
	struct { uint32_t slot, group; } *past;
};

static const struct share_group *groups;	/* for qsort() */

static int by_need(const void *a, const void *b)
{
	int x = groups[*(const uint32_t *)a].before, y = groups[*(const uint32_t *)b].before;

	return (x > y) - (x < y);
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Sort by process, and then by address in the window. */
static int by_place(const void *a, const void *b)
{
	const struct share_page *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (x->group == SHARE_NO_GROUP || y->group == SHARE_NO_GROUP)
		return (x->group == SHARE_NO_GROUP) - (y->group == SHARE_NO_GROUP);
	return by_number(&groups[x->group].at, &groups[y->group].at);
}

/* The first slot at or above this address. */
static uint32_t find_slot(const struct view *v, uint32_t at)
{
	uint32_t low = 0, high = v->n_slots;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (v->slots[middle] < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The first page of the process with this rank. */
static uint32_t find_pages(const struct share_work *w, uint32_t rank)
{
	uint32_t low = 0, high = w->n_pages;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (w->pages[middle].rank < rank)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Add a page to the runs.  Those of the present mapping begin at `first'. */
static int add_run(struct share_runs *runs, uint32_t first, uint32_t address, bool keep)
{
	struct share_run *last = runs->n > first ? &runs->run[runs->n - 1] : NULL, *larger;

	if (last && last->end == address && last->keep == keep) {
		last->end += PAGE_BYTES;
		return 0;
	}
	if (!(runs->n & (runs->n - 1))) {
		larger = realloc(runs->run, (runs->n ? 2 * runs->n : 1) * sizeof(*larger));
		if (!larger)
			return -1;
		runs->run = larger;
	}
	runs->run[runs->n++] = (struct share_run){ address, address + PAGE_BYTES, keep };
	return 0;
}

/* Does the process have this group?  *page is its next page by address; pages below the group are skipped. */
static bool has_group(const struct share_work *w, uint32_t rank, uint32_t *page, uint32_t group)
{
	while (*page < w->n_pages && w->pages[*page].rank == rank && w->pages[*page].group != SHARE_NO_GROUP &&
	       groups[w->pages[*page].group].at < groups[group].at)
		(*page)++;
	return *page < w->n_pages && w->pages[*page].rank == rank && w->pages[*page].group == group;
}

/*
 * Find the runs of a mapping.  If the process keeps none of it, the mapping is made anew, and there is nothing to drop.
 */
static int settle_mapping(const struct view *view, const struct vma *v, uint32_t rank, struct share_runs *runs)
{
	uint32_t at = share_place(view->share, v), before = runs->n, page = find_pages(view->work, rank), kept = 0;

	if (!at)
		return 0;
	for (uint32_t s = find_slot(view, at); s < view->n_slots && view->slots[s] < at + (v->end - v->start); s++) {
		bool keep = view->group[s] != SHARE_NO_GROUP && has_group(view->work, rank, &page, view->group[s]);

		if (view->group[s] != SHARE_NO_GROUP && add_run(runs, before, v->start + (view->slots[s] - at), keep))
			return -1;
		kept += keep;
	}
	if (!kept)
		runs->n = before;
	return 0;
}

static int settle(const struct view *view, int index)
{
	const struct share_work *w = view->work;
	const struct process *p = &w->image->processes[w->process[index]];
	struct share_runs *runs = &view->share->of[w->process[index]];

	for (uint32_t i = 0; i < p->n_vmas; i++)
		if (settle_mapping(view, &p->vmas[i], w->rank[index], runs))
			return -1;
	for (uint32_t i = 0; i < runs->n; i++)
		if (runs->run[i].keep)
			view->share->saved += runs->run[i].end - runs->run[i].start;
	return 0;
}

/* Put into the window what the creator puts there before it creates this process. */
static void fill(struct view *v, int index)
{
	uint32_t low = 0, high = v->work->n_groups;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (groups[v->by_need[middle]].before < index)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < v->work->n_groups && groups[v->by_need[low]].before == index; low++) {
		uint32_t slot = find_slot(v, groups[v->by_need[low]].at);

		v->past[v->n_past].slot = slot;
		v->past[v->n_past++].group = v->group[slot];
		v->group[slot] = v->by_need[low];
	}
}

static int follow(struct view *v, int index)
{
	const struct plan *plan = v->work->plan;
	uint32_t n_past = v->n_past;

	for (int early = 1; early >= 0; early--) {
		for (int i = plan->planned[index].first[early]; i >= 0; i = plan->planned[i].next) {
			fill(v, i);
			if (follow(v, i))
				return -1;
		}
	}
	if (v->work->process[index] >= 0 && settle(v, index))
		return -1;
	while (v->n_past > n_past) {
		v->n_past--;
		v->group[v->past[v->n_past].slot] = v->past[v->n_past].group;
	}
	return 0;
}

int share_follow(struct share *s, struct share_work *w)
{
	uint32_t n = w->n_groups;
	struct view v = {
		.share = s, .work = w,
		.by_need = calloc(n + 1, sizeof(*v.by_need)), .slots = calloc(n + 1, sizeof(*v.slots)),
		.group = calloc(n + 1, sizeof(*v.group)), .past = calloc(n + 1, sizeof(*v.past)),
	};
	int ret = -1;

	groups = w->groups;
	s->of = calloc(w->image->n_processes + 1, sizeof(*s->of));
	if (v.by_need && v.slots && v.group && v.past && s->of) {
		s->n_of = w->image->n_processes;
		for (uint32_t i = 0; i < n; i++) {
			v.by_need[i] = i;
			v.slots[i] = groups[i].at;
			v.group[i] = SHARE_NO_GROUP;
		}
		qsort(v.by_need, n, sizeof(*v.by_need), by_need);
		qsort(v.slots, n, sizeof(*v.slots), by_number);
		for (uint32_t i = 0; i < n; i++)
			if (!v.n_slots || v.slots[v.n_slots - 1] != v.slots[i])
				v.slots[v.n_slots++] = v.slots[i];
		qsort(w->pages, w->n_pages, sizeof(*w->pages), by_place);
		ret = follow(&v, 0);
		s->saved -= ret ? 0 : (uint64_t)n * PAGE_BYTES;
	}
	free(v.by_need);
	free(v.slots);
	free(v.group);
	free(v.past);
	return ret;
}
