/* SPDX-License-Identifier: GPL-2.0 */
/* Holding a whole tree of tasks still. */
#ifndef HOLD_H
#define HOLD_H

#include "held.h"

/*
 * Hold root and all tasks below it, with their threads, until a look at the tree finds none that is not held.  Returns
 * 0, or -1 when an error has been reported: then all run again, and the tree is empty.
 */
int hold_tree(struct held_tree *tree, pid_t root);

/* Let all of them continue. */
void hold_release(struct held_tree *tree);

/* Kill them without letting one run again, and wait until the last is gone.  Returns 0, or -1 when reported. */
int hold_kill(struct held_tree *tree);

/*
 * Wait until all of these tasks, traced by the caller or its children, have ended, in any order: an init ends only
 * after all tasks in its namespace have been waited for.  Waits at most 10 seconds.  Returns 0, or -1 when reported.
 */
int wait_for_ends(const pid_t *tid, int n);

#endif
