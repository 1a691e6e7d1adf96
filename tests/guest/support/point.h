/* SPDX-License-Identifier: GPL-2.0 */
/* One point on the call's path at which something can fail: what the call does when it fails there. */
#ifndef POINT_H
#define POINT_H

#include "inject.h"
#include "proc.h"

struct faulty_call {
	unsigned long flags;		/* SIGCHLD is added, but for a thread */
	int error;			/* what it returns without a fault; 0: it makes a child */
	int levels;			/* how many there are for its child, without that of CLONE_NEWPID */
	unsigned int nr;		/* how many of the youngest are in the list */
	pid_t pids[MAX_LEVELS];		/* for each level, oldest first; 0: left to the kernel */
};

/* How many calls have made a child, how many have not; and whether one failed because of the fault. */
struct tally {
	int made, failed, refused;
};

/* Once, in the process that makes the calls; again in another one. */
void points_prepare(const struct faulty_call *call);

/*
 * Make the call once with the n-th point failing and, if it failed for that, once more without: the same pids are
 * granted then.  Anything wrong is a failure of the case.  Returns which kind of point it was; NO_FAULT: there are
 * fewer than n.
 */
enum fault point(unsigned int n, struct tally *tally);

#endif
