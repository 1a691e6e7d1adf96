/* SPDX-License-Identifier: GPL-2.0 */
/* What the kernel command line asks of PID 1. */
#ifndef MODES_H
#define MODES_H

#include <stdbool.h>

struct mode {
	const char *name;
	const char *const *program;	/* what PID 1 runs */
	const char *verdict;		/* prefix of the verdict; NULL: none, a person is at the keyboard */
	int limit;			/* seconds after which a run without a person has failed */
};

struct options {
	const struct mode *mode;
	char mode_name[32];	/* as given; mode is NULL if no mode has this name */
	char demo[128];		/* demo=PATH: run this in place of the mode's program; "": not given */
	char feed[64];		/* feed=ttyS1: the feed writes to /dev/ttyS1; "": there is no feed */
	char keymap[32];	/* keymap=NAME: the keyboard's layout; "": the kernel's own, us */
	int limit;		/* limit=SECONDS; 0: the mode's own */
};

/* Read /proc/cmdline.  Without it, or without mode=, the mode is guided. */
void read_options(struct options *options);

/* The programs for a person: the tour, and a shell. */
extern const char *const tour_program[], *const shell_program[];

#endif
