/* SPDX-License-Identifier: GPL-2.0 */
/* Counts the objects in the slab caches that a clone() uses: tasks, pids, and what tasks and pids refer to. */
#ifndef SLABS_H
#define SLABS_H

#define SLABS_MAX 64

struct slabs {
	int count;
	struct slab {
		char name[24];
		long objects;
	} slab[SLABS_MAX];
};

/* Wait until the counts no longer change, and return them: RCU frees the dead only after a grace period. */
void slabs_at_rest(struct slabs *out);

/*
 * Wait, bounded, until no cache has more objects than before; a new cache counts as one that had none.  Returns NULL,
 * or the first cache that still has more at the end, with its earlier count in *was.
 */
const struct slab *slabs_grown(const struct slabs *before, long *was);

#endif
