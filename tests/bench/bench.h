/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the call costs, counted in instructions.
 *
 * Under `qemu -icount shift=0' the time-stamp counter counts guest instructions,
 * the kernel's included.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <linux/sched.h>

#include "lib/clone_with_pids.h"

/* Instructions since the machine was started. */
static inline uint64_t instructions(void)
{
	return __builtin_ia32_rdtsc();
}

/*
 * Run before all others, with children that are born with normal priority: none
 * of them runs before its parent waits.
 */
void take_priority(void);

/* The arguments of one system call, and what some of them point to. */
struct call {
	long number;
	unsigned long b, c, d, si, di;
	pid_t set_tid[MAX_LEVELS + 1];
	struct clone_args clone3;
	struct clone_with_pids_args with_pids;
};

static inline long make_call(const struct call *call)
{
	return system_call(call->number, call->b, call->c, call->d, call->si, call->di);
}

/*
 * A way to create a child.  All of them come down to one system_call(), so that
 * they differ in nothing but the call itself: args is filled in beforehand.
 */
struct method {
	const char *name;
	/* Make the arguments of a call; nr is the number of levels, pids oldest first. */
	void (*prepare)(struct call *call, unsigned int flags, const pid_t *pids, unsigned int nr);
};

enum {
	METHOD_CLONE,		/* what the others are compared with */
	METHOD_CLONE3, METHOD_CLONE3_SET_TID, METHOD_CLONE_WITH_NO_PIDS, METHOD_CLONE_WITH_PIDS, N_METHODS
};

extern const struct method methods[N_METHODS];

/*
 * The best and the median of n counts, which it sorts: a line each of the form
 * `bench: AREA: WHAT: NUMBER KIND', for whoever makes a table of them.
 */
void result(const char *area, const char *what, uint64_t *counts, int n);

/* Each area of the benchmark: reports its results, and ends the program if it cannot. */
void bench_calls(void);
void bench_refusals(void);
void bench_trees(void);
void bench_checkpoint(void);

/* What is checkpointed and restarted there: this program itself, started anew as `guest-bench tree TASKS BYTES'. */
#define TREE_WORD "tree"
void tree_program(int tasks, size_t memory) __attribute__((noreturn));

#endif
