// SPDX-License-Identifier: GPL-2.0
#include <sched.h>
#include <stdint.h>
#include <unistd.h>
#include <sys/syscall.h>
#include <linux/futex.h>

#include "lib/clone_with_pids.h"
#include "harness.h"
#include "parked.h"
#include "thread.h"

long thread_start(struct thread *t, unsigned long flags, const void *tls, unsigned int nr, const pid_t *pids,
		  int (*fn)(void *), void *arg)
{
	struct clone_with_pids_args args = {
		.child_stack_base = (uintptr_t)t->stack,
		.child_stack_size = sizeof(t->stack),
		.parent_tid_ptr = (uintptr_t)&t->told,
		.child_tid_ptr = (uintptr_t)&t->tid,
		.nr_pids = nr,
	};

	t->tid = t->told = -1;
	flags |= THREAD_FLAGS | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID;
	t->started = clone_with_pids_on_stack(flags, &args, tls, pids, fn, arg);
	return t->started;
}

void thread_join(struct thread *t)
{
	pid_t seen;

	while ((seen = t->tid))
		syscall(SYS_futex, &t->tid, FUTEX_WAIT, seen, NULL, NULL, 0);
	/* The futex comes a moment before the end, and nothing tells the end of a thread. */
	while (!syscall(SYS_tgkill, getpid(), t->started, 0))
		sched_yield();
}
