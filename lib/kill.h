/* SPDX-License-Identifier: GPL-2.0 */
/* Ending a tree of tasks, and being sure that it has ended. */
#ifndef KILL_H
#define KILL_H

#include <sys/types.h>

/*
 * Kill the tree whose first task is the init of a pid namespace, and wait until it is reaped: by this function if it is
 * a child of the caller, else by its parent.  The kernel kills all tasks in the namespace; the init ends last.  Waits
 * at most 10 seconds.  Returns 0, or -1 when an error has been reported.
 */
int kill_tree(pid_t root);

/*
 * Wait until the pid is free again; a zombie holds it until its parent has reaped it.  Polls.  Returns 0, or -1 with
 * errno, which may be ETIMEDOUT.
 */
int wait_until_reaped(pid_t pid, int bound_ms);

#endif
