/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How the processes of a new tree come to share pages: by fork(), as the recorded ones did.
 *
 * While a process creates its children, it holds the pages that they are to share with it or with each other, at
 * addresses that are otherwise free.  Later each child moves the mappings with those pages to their place and drops the
 * pages that it did not have.  The window is the part of the address space with all these places.  Neither the
 * restarting program, of which all processes are copies, nor any process of the image uses it.
 *
 * The memory stays anonymous, and each mapping stays in one piece.  Pages that cannot be shared in this way are copied.
 */
#ifndef SHARE_H
#define SHARE_H

#include "plan.h"

struct range {
	unsigned long start, end;
};

/* A part of the window, for mappings of several processes that overlap. */
struct share_area {
	uint32_t start, end;	/* the final addresses */
	uint32_t flags;		/* MAP_GROWSDOWN, MAP_NORESERVE */
	uint32_t at;		/* the address in the window */
};

/* Pages that a process puts into its window before it creates another one. */
struct share_fill {
	int before;		/* that other one, in the plan; its creator makes the copy */
	uint32_t to, size;	/* an address in the window, and bytes */
	unsigned long from;	/* an address in the restarting program */
};

/* A run of pages in the window of a process, once it has created all of its children. */
struct share_run {
	uint32_t start, end;	/* the final addresses */
	bool keep;		/* they are its own; false: another's, and it drops them */
};

/* Sorted by address; all are in mappings that have something to keep. */
struct share_runs {
	uint32_t n;
	struct share_run *run;
};

struct share {
	struct range window;		/* reserved; empty: nothing is shared */
	uint32_t n_areas, n_fills, n_of;
	struct share_area *areas;	/* sorted by flags and address; no two with the same flags overlap */
	struct share_fill *fills;	/* sorted by `before' */
	struct share_runs *of;		/* by processes[] */
	uint64_t saved;			/* bytes of memory that sharing saves */
};

/* Fill in *s, whose old contents are not freed.  Returns 0, or -1 when an error has been reported. */
int share_make(struct share *s, const struct image *image, const struct plan *plan);
void share_free(struct share *s);

/* The address of a mapping in the window; 0: it has none. */
uint32_t share_place(const struct share *s, const struct vma *v);

/* The index of the first of n fills, sorted by `before', whose `before' is at least index; n: there is none. */
uint32_t share_first_fill(const struct share_fill *fills, uint32_t n, int index);

/*
 * The part of share_make() that follows each process through its creation: share_follow.c.  A group is a shared page.
 */
struct share_group {
	uint32_t owner, address;	/* the processes[] that has the page in the image, and its address there */
	uint32_t at;			/* the address in the window */
	int before;			/* in the plan: it must be in the window before this one is created */
};

#define SHARE_NO_GROUP UINT32_MAX

struct share_page {
	uint32_t owner, address;	/* those of its group */
	int planned;			/* a process that has it */
	uint32_t rank;			/* that process's place in the order of creation, from 0 */
	uint32_t group;
};

struct share_work {
	const struct image *image;
	const struct plan *plan;
	uint32_t *rank;			/* by index in the plan */
	int *process;			/* by index in the plan: processes[], or -1 */
	int *planned;			/* by processes[]: index in the plan */
	uint32_t n_pages, n_groups;
	struct share_page *pages;
	struct share_group *groups;	/* sorted by owner and address */
};

int share_follow(struct share *s, struct share_work *w);

/*
 * Find the areas: the mappings with shared pages, merged where they overlap.  A mapping that the kernel would not grant
 * is left out.  share_areas.c
 */
int share_find_areas(struct share *s, const struct share_work *w);

/* The flags of an area: only mappings that agree in them can share one. */
#define SHARE_KEPT_FLAGS (MAP_GROWSDOWN | MAP_NORESERVE)

/* The mapping of a process that contains this address; NULL: there is none. */
const struct vma *share_vma(const struct process *p, uint32_t address);

/* Reserve the window and place the areas in it.  -1: there is no room.  share_window.c */
int share_window(struct share *s, const struct image *image);

#endif
