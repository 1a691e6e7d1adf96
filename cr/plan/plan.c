// SPDX-License-Identifier: GPL-2.0
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "births.h"
#include "plan.h"
#include "reapers.h"
#include "lib/report.h"

static bool leads_session(const struct recorded_task *t)
{
	return t->sid.nr[0] == t->pid.nr[0];
}

static bool is_process(const struct recorded_task *t)
{
	return t->kind != TASK_THREAD;
}

static struct planned *add(struct plan *plan)
{
	/* Room is doubled at each power of two. */
	if (!(plan->n & (plan->n - 1))) {
		struct planned *larger = realloc(plan->planned, (plan->n ? 2 * plan->n : 1) * sizeof(*larger));

		if (!larger)
			return NULL;
		plan->planned = larger;
	}
	plan->planned[plan->n] = (struct planned){ .task = -1, .creator = -1, .first = { -1, -1 }, .next = -1 };
	return &plan->planned[plan->n++];
}

static void set_used(struct plan *plan, const struct numbers *n)
{
	for (uint32_t i = 0; i < n->levels; i++)
		plan->by_pid[n->nr[i]].used = true;
}

/* Set the pids of the process that was added last. */
static void set_pid(struct plan *plan, const struct numbers *pid)
{
	plan->planned[plan->n - 1].pid = *pid;
	if (plan->by_pid[pid->nr[0]].planned < 0)
		plan->by_pid[pid->nr[0]].planned = plan->n - 1;
	set_used(plan, pid);
}

/* The index in the plan of the process with this pid, such as a session's leader; -1: none yet. */
static int find(const struct plan *plan, const struct numbers *pid)
{
	return plan->by_pid[pid->nr[0]].planned;
}

/* Add a stand-in for a dead leader; `creator' creates it, and for_task is the task that needs it. */
static int add_stand_in(struct plan *plan, const struct recorded_task *for_task, const struct numbers *pid, int creator,
			bool session)
{
	struct planned *p;

	for (uint32_t i = 0; i < pid->levels; i++) {
		if (pid->nr[i])
			continue;
		report(0, "task `%s': its session or group belongs to an older pid namespace, and nobody there has it",
		       for_task->name);
		return -1;
	}
	p = add(plan);
	if (!p) {
		report(0, "plan the tree: out of memory");
		return -1;
	}
	p->creator = creator;
	set_pid(plan, pid);
	p->kind = PLANNED_STAND_IN;
	p->new_session = session;
	p->new_group = !session;
	p->exit_signal = SIGCHLD;
	return plan->n - 1;
}

/*
 * Add a stand-in for a dead process whose pids are not known: a child of the session's leader.  We choose its pids,
 * because the kernel might choose one that a task needs later.  We take the highest free numbers, which the kernel
 * seldom uses.
 */
static int add_unknown(struct plan *plan, const struct recorded_task *for_task, int creator)
{
	struct numbers pid = { .levels = plan->planned[creator].pid.levels };
	int number = PID_LIMIT - 1, index;

	while (number > PID_LIMIT - TASKS_MAX && plan->by_pid[number].used)
		number--;
	for (uint32_t i = 0; i < pid.levels; i++)
		pid.nr[i] = number;
	index = add_stand_in(plan, for_task, &pid, creator, false);
	if (index >= 0)
		plan->planned[index].new_group = false;
	return index;
}

/* Is `above' an ancestor of index, or index itself?  Only an ancestor of a task's creator can adopt the task. */
static bool is_above(const struct plan *plan, int index, int above)
{
	while (index >= 0 && index != above)
		index = plan->planned[index].creator;
	return index >= 0;
}

/* The session of a planned process. */
static const struct numbers *session_of(const struct plan *plan, const struct image *image, int index)
{
	const struct planned *p = &plan->planned[index];

	if (p->task < 0 && !p->new_session)
		return session_of(plan, image, p->creator);
	return p->task >= 0 ? &image->tasks[p->task].sid : &p->pid;
}

static int plan_task(struct plan *plan, const struct image *image, int index);

/* Plan the leader of the task's session.  Returns its index in the plan; -1: it is dead; -2: reported. */
static int plan_leader(struct plan *plan, const struct image *image, const struct recorded_task *t)
{
	int task = plan->by_pid[t->sid.nr[0]].task;

	if (task < 0)
		return find(plan, &t->sid);
	return plan_task(plan, image, task) ? -2 : plan->of_task[task];
}

/*
 * Choose the task's creator: the parent, if the task can inherit its session from it; else the session's leader or a
 * stand-in.  A child that is born before its parent's setsid() has the session that the parent was born into.
 */
static int choose_creator(struct plan *plan, const struct image *image, const struct recorded_task *t, bool *early)
{
	int parent = plan->of_task[t->parent], leader, task;
	const struct recorded_task *p = &image->tasks[t->parent];

	*early = false;
	if (leads_session(t) || numbers_same(&t->sid, &p->sid) || (t->sid_outside && p->sid_outside))
		return parent;
	if (leads_session(p)) {
		int creator = plan->planned[parent].creator;

		*early = creator < 0 ? t->sid_outside : numbers_same(&t->sid, session_of(plan, image, creator));
		if (*early)
			return parent;
	}
	if (t->sid_outside) {
		report(0, "task `%s' is in a session outside the tree, and its parent is not", t->name);
		return -1;
	}
	leader = plan_leader(plan, image, t);
	if (leader == -1)
		return add_stand_in(plan, t, &t->sid, parent, true);
	task = leader < 0 ? -1 : plan->planned[leader].task;
	if (task >= 0 && image->tasks[task].kind == TASK_PROCESS)
		leader = add_unknown(plan, t, leader);
	if (leader < 0 || is_above(plan, leader, parent))
		return leader;
	report(0, "task `%s' has been adopted from a session whose leader is not below its parent", t->name);
	return -1;
}

/* Can its creator create it at its level?  Otherwise it would need a creator in another pid namespace. */
static int check_levels(const struct plan *plan, const struct recorded_task *t, int creator)
{
	if (creator < 0 || plan->planned[creator].pid.levels + t->new_pid_ns == t->pid.levels)
		return 0;
	report(0, "task `%s' would have to be created from another pid namespace than its parent's", t->name);
	return -1;
}

/* BEING_PLANNED while we look for the creator: to meet it again means a cycle. */
#define NOT_PLANNED   (-1)
#define BEING_PLANNED (-2)

static int plan_task(struct plan *plan, const struct image *image, int index)
{
	const struct recorded_task *t = &image->tasks[index];
	const struct recorded_task *parent = t->parent >= 0 ? &image->tasks[t->parent] : NULL;
	bool early = false;
	int creator = -1;
	struct planned *p;

	if (plan->of_task[index] >= 0)
		return 0;
	if (plan->of_task[index] == BEING_PLANNED) {
		report(0, "task `%s' would have to be created by its own descendant", t->name);
		return -1;
	}
	plan->of_task[index] = BEING_PLANNED;
	if (parent) {
		if (plan_task(plan, image, t->parent))
			return -1;
		creator = choose_creator(plan, image, t, &early);
		if (creator < 0 || check_levels(plan, t, creator))
			return -1;
	}
	p = add(plan);
	if (!p) {
		report(0, "plan the tree: out of memory");
		return -1;
	}
	plan->of_task[index] = plan->n - 1;
	p->task = index;
	p->creator = creator;
	set_pid(plan, &t->pid);
	p->kind = t->kind == TASK_ZOMBIE ? PLANNED_ZOMBIE : PLANNED_PROCESS;
	p->new_session = leads_session(t);
	p->new_group = !p->new_session && t->pgid.nr[0] == t->pid.nr[0];
	p->early = early;
	return 0;
}

/* If the leader of a process group is dead, add a stand-in, which must exist when the members join the group. */
static int plan_group(struct plan *plan, const struct image *image, int index)
{
	const struct recorded_task *t = &image->tasks[index];
	int creator;

	if (t->pgid_outside || find(plan, &t->pgid) >= 0)
		return 0;
	/* Any process of the same session can create it. */
	creator = find(plan, &t->sid);
	if (creator < 0)
		creator = plan->planned[plan->of_task[index]].creator;
	if (creator < 0) {
		report(0, "task `%s': the leader of its process group is gone, and nobody can stand in", t->name);
		return -1;
	}
	return add_stand_in(plan, t, &t->pgid, creator, false) < 0 ? -1 : 0;
}

static int begin(struct plan *plan, const struct image *image)
{
	*plan = (struct plan){
		.own_level = (int)image->tasks[0].pid.levels - 1 - image->tasks[0].new_pid_ns,
		.of_task = malloc(image->n_tasks * sizeof(int)), .by_pid = malloc(PID_LIMIT * sizeof(*plan->by_pid)),
	};
	if (!plan->of_task || !plan->by_pid) {
		report(0, "plan the tree: out of memory");
		return -1;
	}
	for (int i = 0; i < PID_LIMIT; i++)
		plan->by_pid[i] = (struct plan_pid){ -1, -1, false };
	for (uint32_t i = 0; i < image->n_tasks; i++) {
		const struct recorded_task *t = &image->tasks[i];

		plan->of_task[i] = NOT_PLANNED;
		if (is_process(t))
			plan->by_pid[t->pid.nr[0]].task = i;
		set_used(plan, &t->pid);
		set_used(plan, &t->pgid);
		set_used(plan, &t->sid);
	}
	return 0;
}

/* Build the list of each creator's children, from the last to the first, so that each list begins with the first. */
static void end(struct plan *plan)
{
	for (int i = plan->n - 1; i > 0; i--) {
		struct planned *p = &plan->planned[i];
		int *first = &plan->planned[p->creator].first[p->early];

		p->next = *first;
		*first = i;
	}
	free(plan->by_pid);
	plan->by_pid = NULL;
}

int plan_make(struct plan *plan, const struct image *image, const struct plan_options *options)
{
	int ret = begin(plan, image);

	for (uint32_t i = 0; i < image->n_tasks && !ret; i++)
		if (is_process(&image->tasks[i]))
			ret = plan_task(plan, image, i);
	for (uint32_t i = 0; i < image->n_tasks && !ret; i++)
		if (is_process(&image->tasks[i]))
			ret = plan_group(plan, image, i);
	if (!ret)
		ret = plan_births(plan, image, options) || plan_reapers(plan, image) ? -1 : 0;
	if (ret)
		plan_free(plan);
	else
		end(plan);
	return ret;
}

void plan_free(struct plan *plan)
{
	free(plan->planned);
	free(plan->of_task);
	free(plan->by_pid);
	*plan = (struct plan){ 0 };
}
