/* SPDX-License-Identifier: GPL-2.0 */
/* Restart: build the tree of an image, compare it with the image, and let it go on. */
#ifndef RESTART_H
#define RESTART_H

#include <stdbool.h>
#include <sys/types.h>

#include "cr/image/image.h"
#include "cr/plan/pids.h"

struct restart_options {
	enum restart_pids pids;
	bool clone3;		/* clone3() with set_tid in place of clone_with_pids() */
	bool stopped;		/* each process with SIGSTOP, so that it goes on when it gets SIGCONT */
	bool foreground;	/* with the terminal: restart_foreground_wait() */
	bool image_is_stdin;	/* the image was read from there: nothing is left of it for the tree */
	/* Files in place of what the tree had as stdin, stdout and stderr from outside; NULL: see cr/kinds/outside.c. */
	const char *standard[3];
	/* Called with the pid of the first task when all is built, and before it goes on; not 0 gives the tree up. */
	int (*ready)(pid_t root);
};

/*
 * Build the tree and let it go.  Unless pids is PIDS_NONE, what the kernel reports of it is compared with the image
 * first: every pid, parent, process group and session, at every known level.  All or nothing: if anything fails or
 * differs, nothing of the tree is left.
 *
 * Needs root in the initial namespaces, and a /proc of the caller's pid namespace.  Takes SIGALRM: remote_begin().
 * Returns the pid of the first task, or -1 when an error has been reported.  Its parent is who adopts the caller's
 * orphans: a caller that is to be its parent is a subreaper (PR_SET_CHILD_SUBREAPER).
 */
pid_t restart(const struct image *image, const struct restart_options *options);

/*
 * After a restart() in the foreground: wait until the first task has ended, and take the terminal back.  While it is
 * stopped, so is the caller, without the terminal.  SIGHUP, SIGTERM, SIGUSR1 and SIGUSR2 are passed on to it.  Returns
 * its exit status, or 128 + N if signal N has killed it.
 */
int restart_foreground_wait(void);

#endif
