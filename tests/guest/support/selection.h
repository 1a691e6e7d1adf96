/* SPDX-License-Identifier: GPL-2.0 */
/* What the command line of guest-tests asks for: which cases to run, and how. */
#ifndef SELECTION_H
#define SELECTION_H

#include <stdbool.h>

#include "harness.h"

#define NAMES_MAX 64

/* SUITE, or SUITE: CASE.  The suite's room may stand before it: ROOM/SUITE. */
struct wanted {
	const char *room;	/* NULL: any */
	const char *suite;
	const char *name;	/* of the case; NULL: all cases of the suite */
	bool found;
};

struct selection {
	struct wanted wanted[NAMES_MAX];
	int n;			/* 0: all suites except the hidden ones */
	bool is_short;		/* leave out the long suites */
	bool list;		/* print the cases, run none */
	bool suites;		/* print the suites, run none */
	bool any_kernel;	/* also list those that need another kernel */
	unsigned int shard;	/* 1 to shards: run every shards-th of the remaining cases, from the shard-th on */
	unsigned int shards;
	unsigned int counted;	/* how many cases the shards have shared out */
	int timeout_ms;
	enum effort effort;
};

/* Read the command line.  Ends the program if it is wrong or asks for help. */
void selection_read(struct selection *sel, int argc, char **argv);

bool selects_suite(const struct selection *sel, const struct suite_entry *e);

/* Is this case of a selected suite selected?  The caller asks once for each case, in the order of the list. */
bool selects_case(struct selection *sel, const struct suite_entry *e, const char *name);

/* Ends the program if a name was given that no case had. */
void selection_check(const struct selection *sel);

#endif
