/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A student's program is a stranger.  A keeper runs it where it finds nothing: a folder of its own with the program and
 * the image as root, read-only; user 1000; no capability but CAP_SYS_ADMIN, which the call asks for; no file descriptor
 * but its output, whose size is bounded.  The keeper adopts what the program leaves, so that all of it is below the
 * keeper in /proc.  It is user 1000, too, and knows nothing: what counts is what /proc says.
 */
#ifndef KEEPER_H
#define KEEPER_H

#include <stdbool.h>
#include <sys/types.h>

#define JAIL         "/lab/jail"	/* the folder that becomes the program's root: ./restart, ./image */
#define SAID_SIZE    160
#define RUN_BOUND_MS 3000

struct keeper {
	pid_t pid;
	int outside;		/* levels above the program: 1 if it has namespaces of its own, otherwise 0 */
	pid_t killer;
	int go, ended, said;	/* ours: the start, the program's wait status, its output */
	int kill;
};

/*
 * Get ready to run /restart /image, with clone3 as /restart --clone3 /image: then in a user and a pid namespace of its
 * own, where clone3() may choose pids and clone_with_pids() may not.  Dies if the machine cannot do it.
 */
struct keeper keeper_start(bool clone3);

/*
 * Run the program.  Returns 0 and its wait status, or -1 if it has not ended in RUN_BOUND_MS (ETIMEDOUT) or somebody
 * has killed the keeper (EPIPE).  said is its output's first line.
 */
int keeper_run(struct keeper *k, int *status, char said[SAID_SIZE]);

/* Kill everything that user 1000 runs, the keeper too, and wait until it is gone. */
void keeper_end(struct keeper *k);

/* To be called by a child of the grader's at once: close the verdict's port, become user 1000. */
void become_stranger(void);

#endif
