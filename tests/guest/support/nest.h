/* SPDX-License-Identifier: GPL-2.0 */
/* Run a case in nested pid namespaces, with children born in another namespace, or with fewer capabilities. */
#ifndef NEST_H
#define NEST_H

#include <stdint.h>

#include "calls.h"

/*
 * Run fn(arg) in a process of its own, n pid namespaces below the caller's.  It is pid 2 there, under an init that
 * reaps.  If n is 0, fn runs in the calling process.
 */
void at_level(int n, void (*fn)(const void *arg), const void *arg);

/* A pid namespace n levels below the caller's, with nothing but an init in it. */
struct container {
	struct held outer;	/* release(&c.outer) ends all of it */
	struct nspid init;	/* the pids of the youngest namespace's init */
};

struct container container(int n);

/* From now on the caller's children are born in the pid namespace of this task. */
void enter_for_children(const struct nspid *task);

/* Reduce the effective and permitted capabilities to these: a mask of 1ULL << CAP_*. */
void keep_capabilities(uint64_t mask);

/* A table of functions, each with the level at which it runs: ROWS(table, run_level_row). */
struct level_row {
	const char *name;
	int level;
	void (*run)(void);
};

void run_level_row(const void *row);

#endif
