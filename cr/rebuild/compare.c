// SPDX-License-Identifier: GPL-2.0
/*
 * Verify everything: before a new tree runs, compare what /proc says about it with the image.  Pids are left out where
 * the kernel has chosen them: at the oldest level, or at all levels.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/procfs.h"
#include "rebuild.h"
#include "lib/report.h"
#include "lib/tree.h"

static int differs(const struct recorded_task *t, const char *what, const struct numbers *was, const struct numbers *is)
{
	char a[NUMBERS_TEXT], b[NUMBERS_TEXT];

	report(0, "task `%s': its %s was %s and would be %s", t->name, what, numbers_text(was, a), numbers_text(is, b));
	return -1;
}

static int compare_pids(const struct builder *b, const struct recorded_task *t, const char *status)
{
	static const char *const keys[] = { "NSpid", "NSpgid", "NSsid" };
	static const char *const words[] = { "pid", "process group", "session" };
	const struct numbers *const was[] = { &t->pid, &t->pgid, &t->sid };
	const bool outside[] = { false, t->pgid_outside, t->sid_outside };
	/* A tree that was recorded from further out: levels above ours are there, but /proc does not show them. */
	const uint32_t hidden = b->plan.own_level;
	struct numbers is;

	for (int i = 0; i < 3 && b->options->pids != PIDS_NONE; i++) {
		uint32_t first = first_chosen_level(b->options->pids, was[i]->levels);

		if (outside[i])
			continue;
		if (first < hidden)
			first = hidden;
		if (!numbers_read(&is, status, keys[i]) || !numbers_kept(was[i], first, &is))
			return differs(t, words[i], was[i], &is);
	}
	return 0;
}

static int compare_number(const struct recorded_task *t, const char *status, const char *key, const char *what, int was)
{
	const char *value = procfs_value(status, key);
	int is = value ? atoi(value) : -1;

	if (is == was)
		return 0;
	report(0, "task `%s': %s would be %d and not %d", t->name, what, is, was);
	return -1;
}

/* Compare what pids do not tell: whose child or thread it is, its name, and whether it is alive. */
static int compare_place(const struct builder *b, const struct recorded_task *t, pid_t tid, const char *status,
			 int threads)
{
	const pid_t leader = t->kind == TASK_THREAD ? b->remote[t->parent].tid : tid;
	const char *state = procfs_value(status, "State");
	char *name = procfs_text(tid, "comm");
	bool same = name && !strncmp(name, t->name, strlen(t->name)) && !strcmp(name + strlen(t->name), "\n");

	free(name);
	if (!same || !state || (*state == 'Z') != (t->kind == TASK_ZOMBIE)) {
		report(0, "task `%s': it would have another name, or not be %s", t->name,
		       t->kind == TASK_ZOMBIE ? "a zombie" : "alive");
		return -1;
	}
	if (compare_number(t, status, "Tgid", "the process that it belongs to", leader) ||
	    (t->kind == TASK_PROCESS && compare_number(t, status, "Threads", "the number of its threads", threads)))
		return -1;
	return t->kind == TASK_THREAD || t->parent < 0 ? 0 :
	       compare_number(t, status, "PPid", "its parent", b->remote[t->parent].tid);
}

static int compare_task(const struct builder *b, int index, int threads)
{
	const struct recorded_task *t = &b->image->tasks[index];
	char *status = procfs_text(b->remote[index].tid, "status");
	int ret = -1;

	if (!status)
		report(0, "task `%s' is gone", t->name);
	else
		ret = compare_pids(b, t, status) || compare_place(b, t, b->remote[index].tid, status, threads) ? -1 : 0;
	free(status);
	return ret;
}

/* Check that there are no other tasks. */
static int compare_count(const struct builder *b)
{
	struct tree tree;
	int n;

	if (tree_read(&tree, b->remote[0].tid, true)) {
		report(0, "the new tree cannot be read");
		return -1;
	}
	n = tree.n;
	tree_free(&tree);
	if (n == (int)b->image->n_tasks)
		return 0;
	report(0, "the tree would have %d tasks and not %u", n, b->image->n_tasks);
	return -1;
}

int rebuild_compare(struct builder *b)
{
	const struct image *image = b->image;
	int *threads = calloc(image->n_tasks, sizeof(*threads)), ret = 0;

	if (!threads) {
		report(ENOMEM, "compare the tree");
		return -1;
	}
	for (uint32_t i = 0; i < image->n_tasks; i++)
		threads[image->tasks[i].kind == TASK_THREAD ? image->tasks[i].parent : (int)i]++;
	for (uint32_t i = 0; i < image->n_tasks && !ret; i++)
		ret = compare_task(b, i, threads[i]);
	free(threads);
	return ret ? ret : compare_count(b);
}
