/* SPDX-License-Identifier: GPL-2.0 */
/* What the kernel command line asks of PID 1. */
#ifndef MODES_H
#define MODES_H

#include <stdbool.h>

struct mode {
	const char *name;
	const char *const *program;	/* what PID 1 runs */
	const char *verdict;		/* prefix of the verdict; NULL: a person is there instead */
	int limit;			/* seconds until a run without a person has failed */
};

struct options {
	const struct mode *mode;
	char mode_name[32];	/* as given: mode is NULL if there is none of that name */
	char demo[128];		/* demo=PATH: run this in place of the mode's program; "": don't */
	char feed[64];		/* feed=ttyS1: /dev/ttyS1, where the feed writes; "": there is none */
	int limit;		/* limit=SECONDS, 0: the mode's own */
};

/* Read /proc/cmdline.  Without it, or without mode=, the mode is guided. */
void read_options(struct options *options);

/* The programs that a person is given: the tour, and a shell. */
extern const char *const tour_program[], *const shell_program[];

#endif
