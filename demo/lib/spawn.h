/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Create a tree of tasks of the application: each task creates its own children,
 * in order, and waits until the subtree of one is complete before the next.
 * Nothing runs before the whole tree exists and is let go: all or nothing.
 */
#ifndef SPAWN_H
#define SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

#include "app.h"
#include "clone_with_pids.h"

struct spawn_task {
	const char *name;
	int parent;			/* index, less than the task's own; -1: the first */
	bool new_pid_ns, new_session, new_group;
	int errands;			/* children that come and go first, to use up pids */
	const pid_t *pids;		/* for create(), oldest first */
	unsigned int nr_pids;
	const struct app_state *state;	/* to go on from; NULL: born now, knows nothing */
};

struct spawn {
	/* Filled in by the caller. */
	int n;				/* 1..APP_TASKS_MAX */
	struct spawn_task task[APP_TASKS_MAX];
	pid_t (*create)(unsigned int flags, const pid_t *pids, unsigned int nr);
	const char *create_name;	/* for messages */
	bool die_with_caller;

	/* Filled in by spawn_tree(). */
	pid_t root;			/* child of the caller */
	int release_fd;
	int failed_errno;		/* of the create() that failed, 0: another step */
	int failed_task;
};

/*
 * Create the tree, up to the point where each task waits to be let go.  On
 * failure nothing is left of it, the error has been reported, and -1 is
 * returned.  Bounded: 10 seconds.
 */
int spawn_tree(struct spawn *spawn);

/* Let all tasks go.  0, or -1 when an error has been reported. */
int spawn_release(struct spawn *spawn);

/* Kill and reap the tree instead. */
void spawn_abort(struct spawn *spawn);

/*
 * Kill the tree whose first task is the init of a pid namespace, and wait until
 * it is reaped: here if it is a child of the caller, else by its parent.  The
 * kernel kills all that lives in the namespace; the init ends last.  Bounded: 10
 * seconds.  0, or -1 when an error has been reported.
 */
int kill_tree(pid_t root);

/*
 * Wait until the pid is free again: a zombie still holds it, until its parent
 * has reaped it.  Polls.  0, or -1 with errno, ETIMEDOUT among others.
 */
int wait_until_reaped(pid_t pid, int bound_ms);

#endif
