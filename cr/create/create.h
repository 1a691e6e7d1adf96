/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The first half of a restart: create all processes of a plan, each by its creator, with its pids, in its pid namespace
 * and session.  They are copies of the restarting program, and wait.
 */
#ifndef CREATE_H
#define CREATE_H

#include "cr/plan/plan.h"
#include "cr/plan/share.h"

struct creation {
	const struct image *image;
	const struct plan *plan;
	bool clone3;		/* by clone3() with set_tid, in place of clone_with_pids() */
	const struct share *share;	/* what they have in common; NULL: nothing */
	int mem;		/* the restarting program's descriptor of its own memory */
	int pidfd;		/* of the restarting program: all that the processes inherit */
	const int *pty_fd;	/* by ptys[]: its descriptors of their masters */

	/* Filled in by create_tree(). */
	pid_t *tid;		/* of each planned process, as the caller sees it */
	int *inner_pty_fd;	/* by ptys[]: descriptors of the processes in whose mount namespace they were opened; -1 */
	int zombies_end, stand_ins_end;	/* close() lets those of the plan end; the others end with the caller */
	int alive;
	pid_t parent;		/* of the first process, until that is adopted; 0: none */
	int adoption;		/* close() lets it end */
};

/*
 * Create all processes, up to the point where each waits.  Returns 0, or -1 when an error has been reported; then call
 * create_abort().  Takes at most 20 seconds and 20 milliseconds per task.
 */
int create_tree(struct creation *c);

/*
 * Make the first process the child of whoever adopts the restarting program's orphans.  After this, no process dies
 * whose end the tree would notice.  Returns 0, or -1 when reported.
 */
int create_adopted(struct creation *c);

/* End the first process's parent, if there is one: before the tree is abandoned. */
void create_end_parent(struct creation *c);

/*
 * Kill and reap what create_tree() created, in whatever state it is, and wait for the end of these tasks, which the
 * caller traces: threads that were created later.
 */
void create_abort(struct creation *c, const pid_t *traced, int n_traced);

/* Free the creation; the tree lives on. */
void create_done(struct creation *c);

#endif
