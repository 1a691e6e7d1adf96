// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "restart.h"
#include "spawn.h"

static const struct {
	const char *name;
	pid_t (*create)(unsigned int flags, const pid_t *pids, unsigned int nr);
	bool chooses;
} methods[] = {
	[RESTART_CLONE]           = { "clone",           clone_without_pids, false },
	[RESTART_CLONE_WITH_PIDS] = { "clone_with_pids", clone_with_pids,    true },
	[RESTART_CLONE3]          = { "clone3",          clone3_with_pids,   true },
};

/* What create() is told: the namespaces that exist before the task does. */
static void plan_task(struct spawn_task *plan, const struct image *image, int id, bool chooses)
{
	const struct task *t = &image->tree.task[id];
	bool new_ns = task_is_ns_init(&image->tree, id);

	*plan = (struct spawn_task){
		.name = t->name,
		.parent = t->parent,
		.new_pid_ns = new_ns,
		.new_session = t->sid == t->pid[0],
		.new_group = t->pgid == t->pid[0],
		.pids = chooses ? t->pid : NULL,
		.nr_pids = chooses ? t->levels - new_ns : 0,
		.state = &image->state[id],
	};
}

/* A copy of the recorded tree in which the oldest level is not known. */
static int without_oldest(struct tree *copy, const struct tree *tree)
{
	*copy = (struct tree){ 0 };
	for (int i = 0; i < tree->n; i++) {
		struct task t = tree->task[i];

		t.pid[0] = 0;
		if (!tree_add(copy, &t)) {
			report(errno, "copy the tree");
			return -1;
		}
	}
	return 0;
}

/* After EBUSY or EEXIST: at the oldest level it can be said who has the pid. */
static void report_holder(const struct spawn *spawn)
{
	const struct spawn_task *t = &spawn->task[spawn->failed_task];
	struct task holder;

	if (spawn->failed_errno != EBUSY && spawn->failed_errno != EEXIST)
		return;
	if (t->nr_pids && t->pids[0] && !task_read(&holder, t->pids[0]))
		report(0, "pid %d is taken at the oldest level by `%s'", t->pids[0], holder.name);
	else
		report(0, "one of these pids is taken in its pid namespace");
}

/* What the kernel says of the new tree, against the image. */
static int verify(const struct image *image, const struct spawn *spawn, bool free_oldest)
{
	struct comparison c;
	struct tree now;

	if (tree_read(&now, spawn->root, false)) {
		report(errno, "read the tree below pid %d", spawn->root);
		return -1;
	}
	c = tree_compare(&image->tree, free_oldest, &now);
	tree_free(&now);
	if (comparison_equal(&c))
		return 0;
	report(0, "the tree differs from its image: %d of %d pids, %d of %d relations are equal",
	       c.pids_equal, c.pids, c.relations_equal, c.relations);
	return -1;
}

pid_t restart(const struct image *image, const struct restart_options *options)
{
	bool chooses = methods[options->method].chooses;
	struct spawn spawn = {
		.n = image->tree.n,
		.create = methods[options->method].create,
		.create_name = methods[options->method].name,
		.die_with_caller = options->die_with_caller,
	};
	struct tree known = { 0 };
	pid_t root = -1;

	if (!tree_proc_is_ours()) {
		report(0, "/proc is not that of this pid namespace: the restarted tree could not be checked");
		return -1;
	}
	if (options->free_oldest && without_oldest(&known, &image->tree))
		return -1;
	for (int id = 0; id < spawn.n; id++) {
		plan_task(&spawn.task[id], image, id, chooses);
		if (chooses && options->free_oldest)
			spawn.task[id].pids = known.task[id].pid;
	}

	if (spawn_tree(&spawn))
		report_holder(&spawn);
	else if ((chooses && verify(image, &spawn, options->free_oldest)) || spawn_release(&spawn))
		spawn_abort(&spawn);
	else
		root = spawn.root;
	tree_free(&known);
	return root;
}
