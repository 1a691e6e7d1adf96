/* SPDX-License-Identifier: GPL-2.0 */
/* The system call that creates a task with chosen pids.  We make it ourselves, or inject it into another task. */
#ifndef CREATE_CALL_H
#define CREATE_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/sched.h>

#include "cr/plan/plan.h"

struct create_call {
	long number;
	unsigned long arg[6];		/* as registers, ebx first */
	int n;				/* how many pids are chosen; 0: it is clone() */
	pid_t pids[MAX_LEVELS + 1];	/* in the call's own order */
	size_t size;			/* bytes of args that the call needs; 0: none */
	union {
		struct clone_args clone3;
		struct clone_with_pids_args with_pids;
	} args;
};

/*
 * Prepare a call with these flags (CLONE_*) and exit signal (0: a thread) that creates a task with the chosen ones of
 * these pids.  Its pointers are not set yet.
 */
void create_call_prepare(struct create_call *call, bool clone3, const struct numbers *pid, const struct chosen *chosen,
			 unsigned long flags, unsigned int exit_signal);

/* Set the address of pids, before args is copied to where the call will find it; then set the address of args. */
void create_call_set_pids(struct create_call *call, unsigned long address);
void create_call_set_args(struct create_call *call, unsigned long address);

/* Make the call in this process.  Returns, like clone(), the pid, 0 in the child, or -errno. */
long create_call_make(struct create_call *call);

#endif
