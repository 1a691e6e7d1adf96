/* SPDX-License-Identifier: GPL-2.0 */
/* How many objects there are in the kernel's caches that a clone() fills: tasks, pids, what tasks and pids refer to. */
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

/* When they have come to rest: what ended a while ago is freed after a grace period of RCU. */
void slabs_at_rest(struct slabs *out);

/*
 * Wait until no cache has more objects than before; a cache that is new is one that had none.  Returns the first that
 * still has more after all that waiting, or NULL.
 */
const struct slab *slabs_grown(const struct slabs *before, long *was);

#endif
