/* SPDX-License-Identifier: GPL-2.0 */
/* Trace one call: which event it causes, which pid the tracer is told, and what the registers contain. */
#ifndef TRACE_H
#define TRACE_H

#include <sys/types.h>
#include <sys/user.h>

#include "lib/clone_with_pids.h"

struct traced_call {
	unsigned long flags;		/* with the exit signal */
	const struct clone_with_pids_args *args;
	const void *tls;
	const pid_t *pids;
	int levels_below;		/* how many levels below the tracer the caller is */
};

struct trace {
	int event;			/* PTRACE_EVENT_*, or 0: there was none */
	unsigned long message;		/* the new task's pid, as the tracer is told it */
	struct user_regs_struct caller, child;
};

/* Make the call and fill in *out.  The child is killed before it executes an instruction. */
void trace_call(const struct traced_call *c, struct trace *out);

#endif
