/* SPDX-License-Identifier: GPL-2.0 */
/* Children that the C library cannot create: on any stack, with any flags.  Only tests need them. */
#ifndef PARKED_H
#define PARKED_H

#include <stdint.h>
#include <sys/types.h>
#include <linux/clone_with_pids.h>

/*
 * clone_with_pids() for a child with a stack of its own, given by args->child_stack_base and child_stack_size.  The
 * child calls fn(arg) on that stack; then this thread alone exits, with the status that fn returned.
 */
long clone_with_pids_on_stack(unsigned long flags, const struct clone_with_pids_args *args,
			      const void *tls, const void *pids, int (*fn)(void *), void *arg);

/*
 * What a parked child shares with its creator, in memory that both have mapped (MAP_SHARED).  The creator sets look
 * and, if the child should not wait, leave; all else starts as zero.
 */
struct parked {
	volatile uint32_t leave;	/* a futex: when it is not 0, the child exits with this status */
	volatile uint32_t arrived;	/* a futex: 1 when the child has filled in what follows */
	volatile uint32_t tid, tgid;	/* as the child sees them */
	volatile uint32_t sp;		/* its stack pointer */
	volatile uint32_t caller_sp;	/* the caller's, at the call */
	const volatile uint32_t *look;	/* a word of the child's memory to read, or NULL */
	volatile uint32_t seen;		/* what it read there */
};

/*
 * Make any system call that creates a task, with the five registers as given.  The child needs no stack, calls no
 * function and touches no memory but *p and *p->look, so any flags and any stack pointer will do.  The child never
 * returns from this function.
 */
long system_call_parked(long number, unsigned long b, unsigned long c, unsigned long d,
			unsigned long si, unsigned long di, struct parked *p);

#endif
