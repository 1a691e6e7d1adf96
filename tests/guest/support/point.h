/* SPDX-License-Identifier: GPL-2.0 */
/* What the call does when it fails at one point on its path in the kernel. */
#ifndef POINT_H
#define POINT_H

#include "inject.h"
#include "proc.h"

struct faulty_call {
	unsigned long flags;		/* SIGCHLD is added, except for a thread */
	int error;			/* the errno without a fault; 0: it creates a child */
	int levels;			/* at how many levels the child gets a pid, not counting that of CLONE_NEWPID */
	unsigned int nr;		/* how many of them, the youngest, the list covers */
	pid_t pids[MAX_LEVELS];		/* for each level, oldest first; 0: the kernel chooses */
};

/* How many calls created a child, and how many failed; and whether one failed because of the fault. */
struct tally {
	int made, failed, refused;
};

/* Call this once in each process that makes the calls. */
void points_prepare(const struct faulty_call *call);

/*
 * Make the call with a fault at the n-th point.  If it fails for that reason, make it again without a fault: then the
 * same pids must be granted.  If anything is wrong, the case fails.  Returns the kind of the n-th point, or NO_FAULT if
 * there are fewer than n.
 */
enum fault point(unsigned int n, struct tally *tally);

#endif
