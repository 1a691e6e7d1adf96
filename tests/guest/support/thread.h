/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Threads that the call itself creates, on stacks of their own, without the C library's knowledge.  They use the
 * caller's thread-local storage, so the caller should wait while one of them is in the library.
 */
#ifndef THREAD_H
#define THREAD_H

#include <sys/types.h>
#include <linux/sched.h>

#define STACK_SIZE   16384
#define THREAD_FLAGS (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM)

struct thread {
	char stack[STACK_SIZE] __attribute__((aligned(16)));
	volatile pid_t tid;	/* cleared by the kernel when the thread ends */
	volatile pid_t told;	/* what CLONE_PARENT_SETTID stored */
	pid_t started;		/* what the call returned */
};

/* Start a thread with THREAD_FLAGS and these flags.  Returns its tid, or -errno. */
long thread_start(struct thread *t, unsigned long flags, const void *tls, unsigned int nr, const pid_t *pids,
		  int (*fn)(void *), void *arg);

/* Wait until it has ended, as CLONE_CHILD_CLEARTID's futex tells, and its tid is free again. */
void thread_join(struct thread *t);

#endif
