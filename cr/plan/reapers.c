// SPDX-License-Identifier: GPL-2.0
/*
 * Who adopts whom when the stand-ins and the zombies end.  It follows find_new_reaper() in kernel/exit.c: of the dead
 * one's ancestors in its pid namespace, the nearest that is a subreaper and lives; else the namespace's init.
 *
 * A process may have become a subreaper after orphans had passed it by, so that the attribute is set before the
 * children exist only where somebody is to be adopted by it, and elsewhere when all have been adopted.
 */
#include "reapers.h"
#include "lib/report.h"

static bool lives(const struct plan *plan, const struct image *image, int index)
{
	int task = plan->planned[index].task;

	return task >= 0 && image->tasks[task].kind == TASK_PROCESS;
}

/* tasks[]: who adopts the children of this one when it ends; -1: somebody outside the tree. */
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

/* Created by somebody who ends, and not by its parent. */
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
