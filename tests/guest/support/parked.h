/* SPDX-License-Identifier: GPL-2.0 */
/* Children that the C library could not start: on any stack, with any flags.  Only tests need them. */
#ifndef PARKED_H
#define PARKED_H

#include <stdint.h>
#include <sys/types.h>
#include <linux/clone_with_pids.h>

/*
 * clone_with_pids() for a child with a stack of its own, as args->child_stack_base and child_stack_size say: the child
 * calls fn(arg) there, and exits (this thread only) with what fn returns.
 */
long clone_with_pids_on_stack(unsigned long flags, const struct clone_with_pids_args *args,
			      const void *tls, const void *pids, int (*fn)(void *), void *arg);

/*
 * What a parked child shares with whoever made it: in memory that both have (MAP_SHARED), all zero but for look and,
 * if the child is not to wait, leave.
 */
struct parked {
	volatile uint32_t leave;	/* a futex: when it is not 0 the child exits, with this status */
	volatile uint32_t arrived;	/* a futex: 1 when the child has filled in what follows */
	volatile uint32_t tid, tgid;	/* as it sees itself */
	volatile uint32_t sp;		/* its stack pointer */
	volatile uint32_t caller_sp;	/* the caller's, at the call */
	const volatile uint32_t *look;	/* a word of the child's memory to read, or NULL */
	volatile uint32_t seen;		/* what it read there */
};

/*
 * Any system call that creates a task, with the five registers as given.  The child needs no stack, calls nothing
 * and touches no memory but *p and *p->look: it can be born with any flags and any stack pointer.  It never
 * returns from here.
 */
long system_call_parked(long number, unsigned long b, unsigned long c, unsigned long d,
			unsigned long si, unsigned long di, struct parked *p);

#endif
