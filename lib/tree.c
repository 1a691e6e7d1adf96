// SPDX-License-Identifier: GPL-2.0
/* The model of a tree of tasks, filled from /proc. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "grow.h"
#include "tree.h"

/* Read the numbers after a key, oldest namespace first.  Returns how many there are. */
static int read_numbers(const char *s, pid_t *out, int max)
{
	int n = 0;

	for (char *end; n < max; s = end) {
		long v = strtol(s, &end, 10);

		if (end == s)
			break;
		out[n++] = v;
	}
	return n;
}

/*
 * Copy a name, and replace spaces and unprintable characters, because names are printed in columns.  The kernel escapes
 * backslashes and newlines; leave these escapes.
 */
static void copy_name(char *name, const char *value)
{
	size_t i;

	for (i = 0; i < TASK_NAME - 1 && value[i] && value[i] != '\n'; i++)
		name[i] = value[i] > ' ' && value[i] < 127 ? value[i] : '_';
	name[i] = 0;
}

/* The number after a key, or the first of several, which is that at the oldest level; 0 if there is none. */
static int number(const char *status, const char *key)
{
	const char *value = procfs_value(status, key);

	return value ? atoi(value) : 0;
}

static void parse_status(struct task *task, const char *status)
{
	static const char name[] = "Name:\t";		/* the first line; blanks behind it belong to the name */
	const char *state = procfs_value(status, "State"), *pids = procfs_value(status, "NSpid");

	if (strncmp(status, name, sizeof(name) - 1) || !state || !pids)
		return;
	copy_name(task->name, status + sizeof(name) - 1);
	task->state = *state;
	task->tgid = number(status, "Tgid");
	task->ppid = number(status, "PPid");
	task->kthread = number(status, "Kthread");
	task->levels = read_numbers(pids, task->pid, MAX_LEVELS);
	task->pgid = number(status, "NSpgid");
	task->sid = number(status, "NSsid");
}

int task_read(struct task *task, pid_t tid)
{
	char *status = procfs_text(tid, "status");

	*task = (struct task){ .parent = -1 };
	if (!status) {
		if (errno == ENOENT)
			errno = ESRCH;
		return -1;
	}
	parse_status(task, status);
	free(status);
	if (task->levels)
		return 0;
	errno = ESRCH;			/* it ended while it was read */
	return -1;
}

struct task *tree_add(struct tree *tree, const struct task *task)
{
	struct task *larger = grow(tree->task, tree->n, sizeof(*larger));

	if (!larger)
		return NULL;
	tree->task = larger;
	if (task->levels > tree->levels)
		tree->levels = task->levels;
	tree->task[tree->n] = *task;
	return &tree->task[tree->n++];
}

/* Add the tasks that a directory of /proc names: /proc itself, or /proc/PID/task. */
static int add_directory(struct tree *tree, const char *path, pid_t except)
{
	struct dirent *d;
	DIR *dir = opendir(path);
	int ret = 0;

	if (!dir)
		return errno == ENOENT ? 0 : -1;
	while (!ret && (d = readdir(dir))) {
		pid_t tid = atoi(d->d_name);
		struct task task;

		if (tid <= 0 || tid == except || task_read(&task, tid))
			continue;
		if (!tree_add(tree, &task))
			ret = -1;
	}
	closedir(dir);
	return ret;
}

static int add_threads(struct tree *tree)
{
	int leaders = tree->n;
	char path[64];

	for (int i = 0; i < leaders; i++) {
		pid_t tgid = tree->task[i].tgid;

		snprintf(path, sizeof(path), "/proc/%d/task", tgid);
		if (add_directory(tree, path, tgid))
			return -1;
	}
	return 0;
}

static int by_pid(const void *a, const void *b)
{
	const struct task *x = a, *y = b;

	return (x->pid[0] > y->pid[0]) - (x->pid[0] < y->pid[0]);
}

/* In the tree, a thread is below its leader, and a leader below its parent. */
static pid_t stands_below(const struct task *task)
{
	return task_is_leader(task) ? task->ppid : task->tgid;
}

/* Which task is below which: sorted, so that all tasks below one are adjacent, in the order of their pids. */
struct place {
	pid_t below;
	int index;
};

static int by_place(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return x->below != y->below ? (x->below > y->below) - (x->below < y->below) : x->index - y->index;
}

/* The first place below pid, or where it would be. */
static int first_below(const struct place *places, int n, pid_t pid)
{
	int low = 0, high = n;

	while (low < high) {
		int middle = (low + high) / 2;

		if (places[middle].below < pid)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Move the task and all below it from the sorted list all to tree. */
static int move_subtree(struct tree *tree, const struct tree *all, const struct place *places, int index, int parent,
			int depth)
{
	pid_t pid = all->task[index].pid[0];
	struct task *t = tree_add(tree, &all->task[index]);
	int self = tree->n - 1;

	if (!t)
		return -1;
	t->parent = parent;
	t->depth = depth;
	for (int i = first_below(places, all->n, pid); i < all->n && places[i].below == pid; i++)
		if (move_subtree(tree, all, places, places[i].index, self, depth + 1))
			return -1;
	return 0;
}

/* Move the tree below root, or all trees, from all. */
static int move_trees(struct tree *tree, struct tree *all, pid_t root)
{
	struct place *places = malloc(all->n * sizeof(*places));
	int ret = places ? 0 : -1;

	qsort(all->task, all->n, sizeof(*all->task), by_pid);
	for (int i = 0; places && i < all->n; i++)
		places[i] = (struct place){ stands_below(&all->task[i]), i };
	if (places)
		qsort(places, all->n, sizeof(*places), by_place);

	for (int i = 0; i < all->n && !ret; i++) {
		const struct task above = { .pid = { stands_below(&all->task[i]) } };

		if (root ? all->task[i].pid[0] == root
			 : !bsearch(&above, all->task, all->n, sizeof(*all->task), by_pid))
			ret = move_subtree(tree, all, places, i, -1, 0);
	}
	free(places);
	return ret;
}

int tree_read(struct tree *tree, pid_t root, bool threads)
{
	struct tree all = { 0 };
	int ret = -1;

	*tree = (struct tree){ 0 };
	if (add_directory(&all, "/proc", 0) || (threads && add_threads(&all)))
		goto out;
	if (!all.n) {			/* not even the caller: /proc is not mounted */
		errno = ENOENT;
		goto out;
	}
	ret = move_trees(tree, &all, root);
	if (!ret && root && !tree->n) {
		errno = ESRCH;
		ret = -1;
	}
out:
	tree_free(&all);
	if (ret)
		tree_free(tree);
	return ret;
}

int tree_by_name(const struct tree *tree, const char *name)
{
	for (int i = 0; i < tree->n; i++)
		if (!strcmp(tree->task[i].name, name))
			return i;
	return -1;
}

int tree_by_pid(const struct tree *tree, pid_t pid)
{
	for (int i = 0; i < tree->n; i++)
		if (tree->task[i].pid[0] == pid)
			return i;
	return -1;
}

bool tree_proc_is_ours(void)
{
	char self[16] = "";

	return readlink("/proc/self", self, sizeof(self) - 1) > 0 && atoi(self) == getpid();
}

void tree_drop_kthreads(struct tree *tree)
{
	int kept = 0, *moved = calloc(tree->n + 1, sizeof(*moved));

	if (!moved)
		return;
	for (int i = 0; i < tree->n; i++) {
		struct task t = tree->task[i];

		if (t.kthread)
			continue;
		if (t.parent >= 0)
			t.parent = moved[t.parent];
		moved[i] = kept;
		tree->task[kept++] = t;
	}
	tree->n = kept;
	free(moved);
}

void tree_free(struct tree *tree)
{
	int saved = errno;

	free(tree->task);
	*tree = (struct tree){ 0 };
	errno = saved;
}

pid_t task_pid_at(const struct task *task, int level)
{
	return level < task->levels ? task->pid[level] : 0;
}
