/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The model of a tree of tasks: who is whose child, and which pid each task has in which pid namespace.  It is filled
 * from /proc or from a checkpoint image.
 *
 * Pids are listed oldest namespace first, as clone_with_pids() takes them.  The oldest visible namespace is the one
 * that the mounted /proc belongs to (proc_pid_status() in fs/proc/array.c).  Levels in this model are counted from
 * there.
 */
#ifndef TREE_H
#define TREE_H

#include <stdbool.h>
#include <sys/types.h>

#include "clone_with_pids.h"
#include "procfs.h"

/* The namespaces that a task is in, and those that its children will be in: /proc/PID/ns. */
enum ns_kind {
	NS_PID, NS_USER, NS_MNT, NS_UTS, NS_IPC, NS_NET, NS_CGROUP, NS_TIME, NS_TIME_FOR_CHILDREN, NS_PID_FOR_CHILDREN,
	NS_KINDS
};

struct task {
	char name[TASK_NAME];
	int parent;		/* index in the tree; -1: the parent is outside */
	int depth;		/* generations below the first task of its tree */
	int levels;		/* how many entries pid[] has */
	pid_t pid[MAX_LEVELS];	/* thread id at each level, oldest first */
	/* At the oldest level; 0: it belongs to an older namespace. */
	pid_t tgid, ppid, pgid, sid;
	bool kthread;		/* a thread of the kernel itself */
	char state;		/* as in /proc/PID/stat */
	ino_t ns[NS_KINDS];	/* inode numbers, by task_read_namespaces(); 0: not readable, or not in this kernel */
};

struct tree {
	struct task *task;	/* parents before their children */
	int n;
	int levels;		/* those of the task with the most */
};

/*
 * Read the thread group leaders that /proc shows (with threads: all tasks): the tree below the task root (a pid at the
 * oldest level), or everything if root is 0.  Tasks that end meanwhile are left out.  Returns 0, or -1 with errno:
 * ESRCH if there is no task root.  The caller frees the tree.
 */
int tree_read(struct tree *tree, pid_t root, bool threads);

/* Read one task; -1 with errno (ESRCH) if it is gone.  tid may be a thread's. */
int task_read(struct task *task, pid_t tid);

/* Fill in task->ns, which few callers need. */
void task_read_namespaces(struct task *task);

/*
 * Read the inode numbers of a task's pid namespace and of that namespace's parent (NS_GET_PARENT of ioctl_ns(2)).
 * *parent is 0 if the namespace is the initial one, or the oldest that the caller may see.  Returns 0, or -1 with
 * errno; this fails for a zombie, which is no longer in any pid namespace.
 */
int task_pid_namespace(pid_t tid, ino_t *own, ino_t *parent);

/* Append a task; returns it, or NULL with errno. */
struct task *tree_add(struct tree *tree, const struct task *task);

/* The index of the first task with this name, or with this pid at the oldest level; -1: none. */
int tree_by_name(const struct tree *tree, const char *name);
int tree_by_pid(const struct tree *tree, pid_t pid);

/*
 * Does the mounted /proc belong to the caller's pid namespace?  If not, the caller cannot signal, trace or wait for
 * tasks by its numbers.
 */
bool tree_proc_is_ours(void);

/* Remove the kernel's own threads, which have no children except each other. */
void tree_drop_kthreads(struct tree *tree);

void tree_free(struct tree *tree);

/*
 * The pid of the task at a level of the table; 0 if it is not visible there, because the level is deeper than the
 * task's own namespace.
 */
pid_t task_pid_at(const struct task *task, int level);

/* Is it the leader of its thread group? */
static inline bool task_is_leader(const struct task *task)
{
	return task->pid[0] == task->tgid;
}

/*
 * Find the counterpart in after of the task before[index]: the child with the same name of its parent's counterpart,
 * the second such child if it was the second, and so on; for the first task, the first one with its name.  Returns its
 * index, or -1.
 */
int tree_match(const struct tree *before, int index, const struct tree *after);

/* The result of comparing a restarted tree with the recorded one. */
struct comparison {
	int tasks, tasks_equal;		/* a task is equal if all of the following is */
	int pids, pids_equal;		/* at the known levels */
	int relations, relations_equal;	/* parent, process group and session */
};

/*
 * Compare task by task (see tree_match()) the pids at the known levels: those of
 * before from its level first_known on, matched from the youngest outwards.  after may have more, older levels.
 */
struct comparison tree_compare(const struct tree *before, int first_known, const struct tree *after);

/* The same for one task of before, added to sum; true if all is equal. */
bool task_compare(const struct tree *before, int index, int first_known, const struct tree *after,
		  struct comparison *sum);

static inline bool comparison_equal(const struct comparison *c)
{
	return c->tasks == c->tasks_equal;
}

#endif
