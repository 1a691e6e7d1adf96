/* SPDX-License-Identifier: GPL-2.0 */
/* Restart: build the tree of an image, compare it with the image, and let it go on. */
#ifndef RESTART_H
#define RESTART_H

#include <stdbool.h>
#include <sys/types.h>

#include "cr/image/image.h"

/* Which of the recorded pids the new tasks get. */
enum restart_pids {
	PIDS_ALL,		/* at every level */
	PIDS_KNOWN,		/* the oldest recorded level is left to the kernel: one namespace deeper, for instance */
	PIDS_YOUNGEST,		/* only that in its own namespace: what one number for each task comes to */
	PIDS_NONE,		/* those that the kernel chooses */
};

struct restart_options {
	enum restart_pids pids;
	bool clone3;		/* clone3() with set_tid in place of clone_with_pids() */
	bool stopped;		/* each process with SIGSTOP, so that it goes on when it gets SIGCONT */
	bool foreground;	/* with the terminal: restart_foreground_wait() */
	bool image_is_stdin;	/* the image was read from there: nothing is left of it for the tree */
	/* Files in place of what the tree had as stdin, stdout and stderr from outside; NULL: see outside.c. */
	const char *standard[3];
	/* Called with the pid of the first task when all is built, and before it goes on; not 0 gives the tree up. */
	int (*ready)(pid_t root);
};

/* The first level, of as many as a task has, at which it gets its recorded pid; there is none: levels. */
static inline unsigned int restart_first_level(const struct restart_options *options, unsigned int levels)
{
	switch (options->pids) {
	case PIDS_ALL:
		return 0;
	case PIDS_KNOWN:
		return 1;
	case PIDS_YOUNGEST:
		return levels - 1;
	case PIDS_NONE:
		break;
	}
	return levels;
}

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
 * stopped, so is the caller, without the terminal.  SIGHUP, SIGTERM, SIGUSR1 and SIGUSR2 are passed on to it.  Returns its
 * exit status, or 128 + N if signal N has killed it.
 */
int restart_foreground_wait(void);

#endif
