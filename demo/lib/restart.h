/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Restart: build a recorded tree again, and let it go on.
 */
#ifndef RESTART_H
#define RESTART_H

#include <stdbool.h>
#include <sys/types.h>

#include "image.h"

/* How the tasks are created. */
enum restart_method {
	RESTART_CLONE,			/* plain clone(): the kernel chooses all pids */
	RESTART_CLONE_WITH_PIDS,
	RESTART_CLONE3,			/* clone3() with set_tid */
};

struct restart_options {
	enum restart_method method;
	bool free_oldest;	/* the pids at the oldest recorded level are left to the kernel */
	bool die_with_caller;	/* kill the tree when the caller ends */
};

/*
 * Build the tree and let it go.  Unless the method is plain clone(), what the
 * kernel then reports of the tree is compared with the image first: pids at
 * every known level, parents, process groups, sessions.  All or nothing: if
 * anything fails or differs, nothing of the tree is left.
 *
 * The /proc that is mounted must be that of the caller's pid namespace.
 * Returns the pid of the first task, a child of the caller, or -1 when an error
 * has been reported.
 */
pid_t restart(const struct image *image, const struct restart_options *options);

#endif
