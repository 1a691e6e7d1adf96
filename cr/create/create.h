/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The first half of a restart: create all processes of a plan.  Each is created by its creator, with its pids, in its
 * pid namespace and session.  They are copies of the restarting program, and wait to be rebuilt.
 */
#ifndef CREATE_H
#define CREATE_H

#include "cr/plan/plan.h"
#include "cr/plan/share.h"

struct creation {
	const struct image *image;
	const struct plan *plan;
	bool clone3;		/* by clone3() with set_tid, in place of clone_with_pids() */
	const struct share *share;	/* the pages that they share; NULL: none */
	int mem;		/* the restarting program's descriptor of its own memory */
	int pidfd;		/* that of the restarting program: the only descriptor that the processes inherit */
	const int *pty_fd;	/* by ptys[]: its descriptors of their masters */

	/* Filled in by create_tree(). */
	pid_t *tid;		/* of each planned process, as the caller sees it */
	int *inner_pty_fd;	/* by ptys[]: the master's descriptor in the first process of its mount namespace; -1 */
	int zombies_end, stand_ins_end;	/* close() lets the zombies, the stand-ins end */
	int alive;		/* close() lets all others end, as does the caller's death */
	pid_t parent;		/* that of the first process, until that is adopted; 0: none */
	int adoption;		/* close() lets this parent end */
};

/*
 * Create all processes, up to the point where each waits.  Returns 0, or -1 when an error has been reported: then call
 * create_abort().  Waits at most 20 seconds plus 20 milliseconds for each process of the plan.
 */
int create_tree(struct creation *c);

/*
 * Make the first process the child of the restarting program's reaper.  From now on, no process dies whose end the tree
 * would notice.  Returns 0, or -1 when reported.
 */
int create_adopted(struct creation *c);

/* Kill the first process's parent, if there is one, before the tree is abandoned. */
void create_end_parent(struct creation *c);

/*
 * Kill and reap what create_tree() created, in whatever state it is.  Also wait until the tasks in traced[], threads
 * that were created later and that the caller traces, have ended.
 */
void create_abort(struct creation *c, const pid_t *traced, int n_traced);

/* Free the creation; the tree lives on. */
void create_done(struct creation *c);

#endif
