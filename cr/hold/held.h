/* SPDX-License-Identifier: GPL-2.0 */
/* The tasks of a tree that are held. */
#ifndef HELD_H
#define HELD_H

#include "remote.h"
#include "lib/tree.h"

/* A task that is held. */
struct held {
	struct task task;		/* as seen when all were held; task.parent is an index in the tree */
	int index;			/* its own index in the tree */
	struct remote remote;		/* for a zombie, only tid is set, and mem is -1 */
	/* What held_status() and held_stat() have read, or NULL. */
	char *status;
	struct procfs_stat *stat;
};

/* All of a tree: parents before their children, and a thread below the leader of its group. */
struct held_tree {
	struct held *held;
	int n;
};

/* Forget a tree that has been released or killed. */
void held_free(struct held_tree *tree);

/* The task with this pid at the oldest level; NULL: none. */
struct held *held_by_pid(const struct held_tree *tree, pid_t pid);

/* The parent of a held task (the leader, for a thread); NULL: it is outside the tree. */
static inline struct held *held_parent(const struct held_tree *tree, const struct held *h)
{
	return h->task.parent < 0 ? NULL : &tree->held[h->task.parent];
}

static inline bool held_is_zombie(const struct held *h)
{
	return h->task.state == 'Z';
}

/*
 * Return /proc/PID/status or /proc/PID/stat of a held task, read at the first call: afterwards they change only by
 * injected system calls, such as one that maps memory.  NULL with errno.  held_forget_texts() frees them.
 */
const char *held_status(struct held *h);
const struct procfs_stat *held_stat(struct held *h);
void held_forget_texts(struct held *h);

#endif
