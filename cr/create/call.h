/* SPDX-License-Identifier: GPL-2.0 */
/* The system call by which a task is born with its pids: as it is made here, or injected into another task. */
#ifndef CREATE_CALL_H
#define CREATE_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/sched.h>

#include "cr/plan/plan.h"

struct create_call {
	long number;
	unsigned long arg[6];		/* as registers, ebx first */
	int n;				/* how many pids are asked for; 0: it is clone() */
	pid_t pids[MAX_LEVELS + 1];	/* in the call's own order */
	size_t size;			/* of what arg[] points to; 0: nothing */
	union {
		struct clone_args clone3;
		struct clone_with_pids_args with_pids;
	} args;
};

/*
 * A call with these flags (CLONE_*) and exit signal (0: a thread) that gives a task the chosen ones of its pids.  It
 * points to nothing yet.
 */
void create_call_prepare(struct create_call *call, bool clone3, const struct numbers *pid, const struct chosen *chosen,
			 unsigned long flags, unsigned int exit_signal);

/* Say where pids is, before args is put where the call is to find it; then say where args is. */
void create_call_set_pids(struct create_call *call, unsigned long address);
void create_call_set_args(struct create_call *call, unsigned long address);

/* Make it, in this process.  As clone(): the pid, 0 in the child, or -errno. */
long create_call_make(struct create_call *call);

#endif
