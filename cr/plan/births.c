// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "births.h"
#include "lib/report.h"

/* Choose namespaces, inherited or created at birth.  A zombie's do not matter: it is no longer in any. */
static void give_namespaces(const struct plan *plan, struct planned *p, const struct image *image)
{
	const struct recorded_task *t = &image->tasks[p->task];
	const struct planned *creator = p->creator < 0 ? NULL : &plan->planned[p->creator];
	int uts = creator ? creator->uts : -1, mounts = creator ? creator->mounts : -1;
	int ns_init = creator ? creator->ns_init : -1;

	p->uts = t->kind == TASK_ZOMBIE || t->uts < 0 ? uts : t->uts;
	p->mounts = t->kind == TASK_ZOMBIE || t->mounts < 0 ? mounts : t->mounts;
	p->new_uts = p->uts != uts;
	p->new_mounts = p->mounts != mounts;
	p->ns_init = t->new_pid_ns ? p->task : ns_init;
	/* A pid namespace's proc is mounted from inside, by the first process that is in it and has these mounts. */
	p->mount_proc = t->kind == TASK_PROCESS && p->mounts >= 0 && image->mountss[p->mounts].proc_of == p->ns_init &&
			p->ns_init >= 0 && (p->new_mounts || p->ns_init != ns_init);
}

/*
 * A task inherits a namespace from its parent or creates it.  But the creator of an adopted process is not its parent,
 * and the process might inherit another namespace from it: check that it does not.
 */
static int check_namespaces(const struct image *image, const struct planned *p)
{
	const struct recorded_task *t = &image->tasks[p->task];
	const struct recorded_task *parent = t->parent < 0 ? NULL : &image->tasks[t->parent];
	bool new_mounts = t->mounts != (parent ? parent->mounts : -1), new_uts = t->uts != (parent ? parent->uts : -1);

	if (t->kind == TASK_ZOMBIE || (p->mounts == t->mounts && p->uts == t->uts && p->new_mounts == new_mounts &&
	    p->new_uts == new_uts))
		return 0;
	report(0, "task `%s' would have to be created in another mount or UTS namespace than its parent's", t->name);
	return -1;
}

static void inherit_namespaces(const struct plan *plan, struct planned *p)
{
	const struct planned *creator = &plan->planned[p->creator];

	p->uts = creator->uts;
	p->mounts = creator->mounts;
	p->ns_init = creator->ns_init;
}

/*
 * A process joins its group by itself, using the group's number in its own pid namespace.  Without recorded pids, that
 * number means nothing.  A process that inherits the terminal of its session, but had none, gives it up.
 */
static void give_group_and_terminal(const struct plan *plan, struct planned *p, const struct recorded_task *t,
				    const struct plan_options *options)
{
	if (!t->pgid_outside && !p->new_group && !p->new_session && options->pids != PIDS_NONE)
		p->group = t->pgid.nr[t->pid.levels - 1];
	p->terminal = t->terminal;
	p->leaves_terminal = !p->new_session && p->terminal < 0 && p->creator >= 0 &&
			     plan->planned[p->creator].terminal >= 0;
}

int plan_births(struct plan *plan, const struct image *image, const struct plan_options *options)
{
	for (int i = 0; i < plan->n; i++) {
		struct planned *p = &plan->planned[i];
		const struct recorded_task *t = p->task < 0 ? NULL : &image->tasks[p->task];

		p->terminal = -1;
		p->new_pid_ns = t && t->new_pid_ns;
		p->chosen = chosen_levels(options->pids, p->pid.levels, p->new_pid_ns);
		if (!t) {
			inherit_namespaces(plan, p);
			continue;
		}
		memcpy(p->name, t->name, sizeof(p->name));
		p->exit_signal = t->exit_signal;
		p->exit_status = t->exit_status;
		give_namespaces(plan, p, image);
		if (check_namespaces(image, p))
			return -1;
		give_group_and_terminal(plan, p, t, options);
	}
	plan->planned[0].new_group |= options->own_group;
	return 0;
}
