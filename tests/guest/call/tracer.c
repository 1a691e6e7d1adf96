// SPDX-License-Identifier: GPL-2.0
/*
 * What a tracer sees: the event that clone() with the same flags would give, and the new task's chosen pid, in
 * the tracer's own namespace and not in the caller's.
 */
#include <signal.h>
#include <sys/ptrace.h>
#include <linux/sched.h>

#include "nest.h"
#include "thread.h"
#include "trace.h"

#define X 21001
#define Y 22002
#define Z 23003

struct row {
	const char *name;
	int tracer_level, levels_below;
	unsigned long flags;
	int event;
	pid_t told;		/* -1: any */
	unsigned int nr;
	pid_t pids[3];
};

static const struct row rows[] = {
	{ "fork event", 0, 0, SIGCHLD, PTRACE_EVENT_FORK, X, 1, { X } },
	{ "vfork event", 0, 0, CLONE_VFORK | SIGCHLD, PTRACE_EVENT_VFORK, X, 1, { X } },
	{ "clone event: another exit signal", 0, 0, SIGUSR1, PTRACE_EVENT_CLONE, X, 1, { X } },
	{ "clone event: no exit signal", 0, 0, 0, PTRACE_EVENT_CLONE, X, 1, { X } },
	{ "clone event: a thread", 0, 0, THREAD_FLAGS, PTRACE_EVENT_CLONE, X, 1, { X } },
	{ "clone event: a thread without a list", 0, 0, THREAD_FLAGS, PTRACE_EVENT_CLONE, -1, 0, { 0 } },
	{ "level 0 traces level 2, a thread", 0, 2, THREAD_FLAGS, PTRACE_EVENT_CLONE, X, 3, { X, Y, Z } },
	{ "level 1 traces level 2, a thread", 1, 1, THREAD_FLAGS, PTRACE_EVENT_CLONE, Y, 3, { X, Y, Z } },
	{ "no event with CLONE_UNTRACED", 0, 0, CLONE_UNTRACED | SIGCHLD, 0, 0, 1, { X } },
	{ "fork event of a call without a list", 0, 0, SIGCHLD, PTRACE_EVENT_FORK, -1, 0, { 0 } },
	{ "level 0 traces level 2", 0, 2, SIGCHLD, PTRACE_EVENT_FORK, X, 3, { X, Y, Z } },
	{ "level 0 traces level 2, clone event", 0, 2, SIGUSR1, PTRACE_EVENT_CLONE, X, 3, { X, Y, Z } },
	{ "level 1 traces level 2", 1, 1, SIGCHLD, PTRACE_EVENT_FORK, Y, 3, { X, Y, Z } },
	{ "level 1 traces level 2, the oldest pid is the kernel's", 1, 1, SIGCHLD, PTRACE_EVENT_FORK,
	  Y, 3, { 0, Y, Z } },
	{ "level 2 traces level 2", 2, 0, SIGCHLD, PTRACE_EVENT_FORK, Z, 3, { X, Y, Z } },
	{ "level 0 traces level 1, CLONE_NEWPID", 0, 1, CLONE_NEWPID | SIGCHLD, PTRACE_EVENT_FORK, X, 2, { X, Y } },
};

static void trace_row(const void *arg)
{
	const struct row *r = arg;
	struct clone_with_pids_args args = { .nr_pids = r->nr };
	struct traced_call call = { r->flags, &args, NULL, r->pids, r->levels_below };
	struct trace t;

	trace_call(&call, &t);
	expect(t.event, r->event, "the ptrace event");
	if (r->told >= 0)
		expect(t.message, r->told, "the pid in the event's message");
}

static void run_row(const void *row)
{
	const struct row *r = row;

	at_level(r->tracer_level, trace_row, r);
}

static const struct group tracer_groups[] = { ROWS(rows, run_row) };

SUITE(tracer);
