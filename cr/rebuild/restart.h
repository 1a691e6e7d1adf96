/* SPDX-License-Identifier: GPL-2.0 */
/* Restart: build the tree of an image, compare it with the image, and let it run. */
#ifndef RESTART_H
#define RESTART_H

#include <stdbool.h>
#include <sys/types.h>

#include "cr/image/image.h"
#include "cr/plan/pids.h"

struct restart_options {
	enum restart_pids pids;
	bool clone3;		/* clone3() with set_tid in place of clone_with_pids() */
	bool stopped;		/* a SIGSTOP is pending for each process, which continues at SIGCONT */
	bool foreground;	/* lend the tree the terminal: restart_foreground_wait() */
	bool image_is_stdin;	/* the image was read from stdin: the tree does not get it */
	/* Files in place of stdin, stdout and stderr that came from outside the tree; NULL: see cr/kinds/outside.c. */
	const char *standard[3];
	/*
	 * Called with the first task's pid when the tree is built and before it runs; a result other than 0 abandons
	 * the tree.
	 */
	int (*ready)(pid_t root);
};

/*
 * Build the tree and let it run.  Before that, unless pids is PIDS_NONE, compare what the kernel reports with the
 * image: every pid, parent, process group and session, at every known level.  If anything fails or differs, nothing of
 * the tree is left.
 *
 * Needs root in the initial namespaces, and a /proc of the caller's pid namespace.  Takes SIGALRM: remote_begin().
 * Returns the pid of the first task, or -1 when an error has been reported.  Its parent is whoever adopts the caller's
 * orphans; a caller that wants to be its parent becomes a subreaper (PR_SET_CHILD_SUBREAPER).
 */
pid_t restart(const struct image *image, const struct restart_options *options);

/*
 * After a restart() in the foreground: wait until the first task has ended, and take the terminal back.  While it is
 * stopped, so is the caller, without the terminal.  SIGHUP, SIGTERM, SIGUSR1 and SIGUSR2 are passed on to it.  Returns
 * its exit status, or 128 + N if signal N has killed it.
 */
int restart_foreground_wait(void);

#endif
