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

/* A part of the window, for mappings of some processes that overlap. */
struct share_area {
	uint32_t start, end;	/* where they are in the end */
	uint32_t flags;		/* MAP_GROWSDOWN, MAP_NORESERVE */
	uint32_t at;		/* where it is in the window */
};

/* Pages that a process puts into its window before it creates another one. */
struct share_fill {
	int before;		/* in the plan: that other one; its creator does it */
	uint32_t to, size;	/* in the window, bytes */
	unsigned long from;	/* in the restarting program */
};

/* Pages that the window of a process has for it in the end. */
struct share_run {
	uint32_t start, end;	/* where they go */
	bool keep;		/* they are its own; or another's, and dropped */
};

/* By address, all in mappings that have something to keep. */
struct share_runs {
	uint32_t n;
	struct share_run *run;
};

struct share {
	struct range window;		/* reserved; empty: nothing is in common */
	uint32_t n_areas, n_fills, n_of;
	struct share_area *areas;	/* by flags and address, no two of the same flags overlap */
	struct share_fill *fills;	/* by `before' */
	struct share_runs *of;		/* by processes[] */
	uint64_t saved;			/* bytes that need no memory of their own */
};

/* Nothing that needs to be freed is in *s before.  0, or -1 when an error has been reported. */
int share_make(struct share *s, const struct image *image, const struct plan *plan);
void share_free(struct share *s);

/* Where a mapping is in the window; 0: it has no place there. */
uint32_t share_place(const struct share *s, const struct vma *v);

/* The first fill before the creation of planned[index], of n by `before'; n: there is none. */
uint32_t share_first_fill(const struct share_fill *fills, uint32_t n, int index);

/* The part of share_make() that follows each process through its creation: share_follow.c. */
struct share_group {
	uint32_t owner, address;	/* processes[] that has the page in the image, and where */
	uint32_t at;			/* in the window */
	int before;			/* in the plan: needed from its creation on */
};

#define SHARE_NO_GROUP UINT32_MAX

struct share_page {
	uint32_t owner, address;	/* of its group */
	int planned;			/* a process that has it */
	uint32_t rank;			/* when that is created, from 0 */
	uint32_t group;
};

struct share_work {
	const struct image *image;
	const struct plan *plan;
	uint32_t *rank;			/* by plan */
	int *process;			/* by plan: processes[], or -1 */
	int *planned;			/* by processes[] */
	uint32_t n_pages, n_groups;
	struct share_page *pages;
	struct share_group *groups;	/* by owner and address */
};

int share_follow(struct share *s, struct share_work *w);

/*
 * The areas: the mappings with such pages; those that overlap are one.  One that the kernel would not grant is left
 * out. share_areas.c
 */
int share_find_areas(struct share *s, const struct share_work *w);

/* The flags of a mapping that make another one of it; those of an area. */
#define SHARE_KEPT_FLAGS (MAP_GROWSDOWN | MAP_NORESERVE)

/* The mapping of a process with this address; NULL: there is none. */
const struct vma *share_vma(const struct process *p, uint32_t address);

/* Reserve the window and place the areas in it: share_window.c.  -1: there is no room. */
int share_window(struct share *s, const struct image *image);

#endif
