/* SPDX-License-Identifier: GPL-2.0 */
/* What the command line of guest-tests asks for: which cases, and how they are to run. */
#ifndef SELECTION_H
#define SELECTION_H

#include <stdbool.h>

#include "harness.h"

#define NAMES_MAX 64

/* SUITE, or SUITE: CASE.  The suite's room may stand before it: ROOM/SUITE. */
struct wanted {
	const char *room;	/* NULL: any */
	const char *suite;
	const char *name;	/* of the case; NULL: all of the suite */
	bool found;
};

struct selection {
	struct wanted wanted[NAMES_MAX];
	int n;			/* 0: all suites but the hidden ones */
	bool is_short;		/* without the long suites */
	bool list;		/* print the cases, and run none */
	bool suites;		/* print the suites, and run none */
	bool any_kernel;	/* list those too that need another kernel */
	unsigned int shard;	/* of the cases that are left every shards-th, from the shard-th on: 1 to shards */
	unsigned int shards;
	unsigned int counted;	/* how many cases the shards have shared out */
	int timeout_ms;
	enum effort effort;
};

/* Ends the program when the command line is wrong, or asks for help. */
void selection_read(struct selection *sel, int argc, char **argv);

bool selects_suite(const struct selection *sel, const struct suite_entry *e);

/* Of a suite that is selected: is this case, too?  Each case is asked for once, in the order of the list. */
bool selects_case(struct selection *sel, const struct suite_entry *e, const char *name);

/* Ends the program if a name was given that no case had. */
void selection_check(const struct selection *sel);

#endif
