/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the call costs, in instructions.
 *
 * Under `qemu -icount shift=0' the time-stamp counter counts the guest's instructions, the kernel's included.
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
 * Run before all other tasks, with children that are born with normal priority, so that none of them runs before its
 * parent waits.
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
 * A way to create a child.  The arguments are filled in beforehand, and each way then makes one system_call(): so they
 * differ only in the call itself.
 */
struct method {
	const char *name;
	/* Fill in the arguments of a call; nr is the number of levels, pids are oldest namespace first. */
	void (*prepare)(struct call *call, unsigned int flags, const pid_t *pids, unsigned int nr);
};

enum {
	METHOD_CLONE,		/* the others are compared with this one */
	METHOD_CLONE3, METHOD_CLONE3_SET_TID, METHOD_CLONE_WITH_NO_PIDS, METHOD_CLONE_WITH_PIDS, N_METHODS
};

extern const struct method methods[N_METHODS];

/*
 * Print the best and the median of n counts, which this function sorts, each on a line `bench: AREA: WHAT: NUMBER
 * KIND', from which a program can make a table.
 */
void result(const char *area, const char *what, uint64_t *counts, int n);

/* The areas of the benchmark.  Each prints its results, and ends the program if it fails. */
void bench_calls(void);
void bench_refusals(void);
void bench_trees(void);
void bench_checkpoint(void);

/* What bench_checkpoint() checkpoints and restarts: this program, run again as `guest-bench tree TASKS BYTES'. */
#define TREE_WORD "tree"
void tree_program(int tasks, size_t memory) __attribute__((noreturn));

#endif
