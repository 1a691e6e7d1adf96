// SPDX-License-Identifier: GPL-2.0
/* Which trees can be recorded and restarted.  Each rule is a question to one task. */
#include <string.h>

#include "image_check.h"

static const char *check_place(const struct tree *tree, int id)
{
	const struct task *t = &tree->task[id];

	if (id == 0) {
		if (t->parent != -1)
			return "the first task has a parent in the tree";
		if (t->levels < 2 || t->pid[t->levels - 1] != 1)
			return "the first task is not the init of a pid namespace";
		return NULL;
	}
	if (t->parent < 0 || t->parent >= id)
		return "its parent does not come before it";
	if (t->levels == tree->task[t->parent].levels)
		return NULL;
	if (t->levels != tree->task[t->parent].levels + 1)
		return "its pid namespace is not its parent's, nor a new one below that";
	if (t->pid[t->levels - 1] != 1)
		return "it is the first in its pid namespace, and not pid 1";
	return NULL;
}

/* In the same namespace?  Two tasks of a tree are, if the containers they stand in are the same. */
static int container(const struct tree *tree, int id)
{
	while (!task_is_ns_init(tree, id))
		id = tree->task[id].parent;
	return id;
}

/* The container whose pids stand at this level of the task; -1: it is none of the tree's, and all are in it. */
static int container_at(const struct tree *tree, int id, int level)
{
	for (id = container(tree, id); id >= 0 && tree->task[id].levels - 1 > level;) {
		int parent = tree->task[id].parent;

		id = parent < 0 ? -1 : container(tree, parent);
	}
	return id;
}

static bool share_pid(const struct tree *tree, int a, int b)
{
	const struct task *x = &tree->task[a], *y = &tree->task[b];

	for (int level = 0; level < x->levels && level < y->levels; level++)
		if (x->pid[level] == y->pid[level] &&
		    container_at(tree, a, level) == container_at(tree, b, level))
			return true;
	return false;
}

static const char *check_unique(const struct tree *tree, int id)
{
	const struct task *t = &tree->task[id];

	for (int i = 0; i < id; i++) {
		const struct task *other = &tree->task[i];

		if (!strcmp(other->name, t->name))
			return "another task has the same name";
		if (share_pid(tree, i, id))
			return "another task has the same pid in the same pid namespace";
	}
	return NULL;
}

static const char *check_group(const struct tree *tree, int id)
{
	const struct task *t = &tree->task[id], *parent = id ? &tree->task[t->parent] : NULL;
	bool leads_session = t->sid == t->pid[0], leads_group = t->pgid == t->pid[0];

	if (leads_session && !leads_group)
		return "it leads a session and not its own process group";
	if (!leads_session && (!parent || t->sid != parent->sid))
		return "its session is neither its own nor its parent's";
	if (!leads_group && (!parent || t->pgid != parent->pgid))
		return "its process group is neither its own nor its parent's";
	return NULL;
}

static const char *check_memory(const struct image *image, int id)
{
	const struct app_state *s = &image->state[id];

	if (s->magic != APP_STATE_MAGIC || s->id != id)
		return "its state is another task's";
	for (int c = 0; c <= id; c++)
		if (s->child[c])
			return "it remembers itself, or one that came before it, as a child";
	for (int i = 0; i < id; i++)
		if (image->state[i].child[id] && image->tree.task[id].parent != i)
			return "another task than its parent remembers it as a child";
	return NULL;
}

const char *image_check_task(const struct image *image, int id)
{
	const char *why = check_place(&image->tree, id);

	if (!why)
		why = check_unique(&image->tree, id);
	if (!why)
		why = check_group(&image->tree, id);
	if (!why)
		why = check_memory(image, id);
	return why;
}
