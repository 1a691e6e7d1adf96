/* SPDX-License-Identifier: GPL-2.0 */
/* Where a case runs: in nested pid namespaces, with children born in another one, with fewer capabilities. */
#ifndef NEST_H
#define NEST_H

#include <stdint.h>

#include "calls.h"

/*
 * Run fn(arg) in a process of its own, n pid namespaces below the caller's: the task is pid 2 there, under an
 * init that reaps.  With n 0, in the calling process.
 */
void at_level(int n, void (*fn)(const void *arg), const void *arg);

/* A pid namespace n levels below the caller's, in which there is only an init. */
struct container {
	struct held outer;	/* release(&c.outer) ends all of it */
	struct nspid init;	/* the youngest one's pids */
};

struct container container(int n);

/* Make the children of the caller be born in the namespace of that task. */
void enter_for_children(const struct nspid *task);

/* Reduce the effective and permitted capabilities to these: a mask of 1ULL << CAP_*. */
void keep_capabilities(uint64_t mask);

/* A table of functions that run at a level each: ROWS(table, run_level_row). */
struct level_row {
	const char *name;
	int level;
	void (*run)(void);
};

void run_level_row(const void *row);

#endif
