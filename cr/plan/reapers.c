// SPDX-License-Identifier: GPL-2.0
/*
 * Which reaper adopts whom when the stand-ins and the zombies end.  This follows find_new_reaper() in kernel/exit.c:
 * the nearest ancestor of the dead process in its pid namespace that is a subreaper and alive; else the namespace's
 * init.
 *
 * A recorded subreaper may have become one only after orphans had passed it by.  So we set the attribute at birth only
 * for processes that must adopt somebody; all others get theirs when all adoptions are done.
 */
#include "reapers.h"
#include "lib/report.h"

static bool lives(const struct plan *plan, const struct image *image, int index)
{
	int task = plan->planned[index].task;

	return task >= 0 && image->tasks[task].kind == TASK_PROCESS;
}

/* tasks[]: the reaper that adopts the children of this process when it ends; -1: it is outside the tree. */
static int adopter(const struct plan *plan, const struct image *image, int dead)
{
	int init = plan->planned[dead].ns_init;

	for (int i = plan->planned[dead].creator; i >= 0; i = plan->planned[i].creator) {
		const struct planned *p = &plan->planned[i];

		if (p->ns_init != init || p->task == init)
			break;
		if (p->subreaper && lives(plan, image, i))
			return p->task;
	}
	return init;
}

/* Was it created by a process that ends, and not by its parent? */
static bool is_adopted(const struct plan *plan, const struct image *image, int index)
{
	const struct planned *p = &plan->planned[index];

	return p->task >= 0 && p->creator >= 0 && plan->planned[p->creator].task != image->tasks[p->task].parent;
}

int plan_reapers(struct plan *plan, const struct image *image)
{
	for (int i = 0; i < plan->n; i++) {
		const struct planned *p = &plan->planned[i];

		if (is_adopted(plan, image, i) && image->tasks[p->task].parent != plan->planned[p->creator].ns_init)
			plan->planned[plan->of_task[image->tasks[p->task].parent]].subreaper = true;
	}
	for (int i = 0; i < plan->n; i++) {
		const struct planned *p = &plan->planned[i];
		const struct recorded_task *t = p->task < 0 ? NULL : &image->tasks[p->task];
		int by = is_adopted(plan, image, i) ? adopter(plan, image, p->creator) : -2;

		if (by == -2 || by == t->parent)
			continue;
		report(0, "task `%s' has been adopted by `%s', and after a restart its parent would be %s%s%s", t->name,
		       image->tasks[t->parent].name, by < 0 ? "a task outside the tree" : "`",
		       by < 0 ? "" : image->tasks[by].name, by < 0 ? "" : "'");
		return -1;
	}
	return 0;
}
