// SPDX-License-Identifier: GPL-2.0
/* Report why a process of a new tree could not be created. */
#include <errno.h>
#include <stdio.h>

#include "outcome.h"
#include "lib/refusal.h"
#include "lib/report.h"

static const char *const step_name[] = {
	[STEP_DIED]    = "wait for it to report",
	[STEP_PIPE]    = "create a pipe",
	[STEP_UTS]     = "set its host name",
	[STEP_MOUNT]   = "mount its /proc, or set the flags of its mounts",
	[STEP_SESSION] = "setsid()",
	[STEP_GROUP]   = "setpgid()",
	[STEP_TERMINAL] = "take, or leave, its controlling terminal",
	[STEP_PTY]     = "recreate a terminal",
	[STEP_REAPER]  = "become a subreaper",
	[STEP_MEMORY]  = "get the memory that it shares with others",
};

/*
 * Name the task that has the pid at this level, as far as /proc shows it.  The first column of /proc is our own pid
 * namespace, into which the first task of the tree is born.  Older namespaces are not visible from here, and younger
 * ones are the tree's own.
 */
static void name_holder(const struct plan *plan, pid_t pid, int level, char *buf, size_t size)
{
	if (level == plan->own_level)
		refusal_holder(pid, buf, size);
	else
		snprintf(buf, size, "%s", level < plan->own_level ? "a task that cannot be seen from here" : "a task of this tree");
}

void create_report_taken(const struct plan *plan, const char *name, const struct numbers *pid, int level)
{
	char pids[NUMBERS_TEXT], holder[80];

	name_holder(plan, pid->nr[level], level, holder, sizeof(holder));
	report(0, "task `%s' (pids %s): create it: pid %d is taken at level %d by %s", name, numbers_text(pid, pids),
	       pid->nr[level], level, holder);
}

void create_report(const struct creation *c, const struct outcome *outcome)
{
	const struct planned *p = &c->plan->planned[outcome->index];
	const char *name = p->kind == PLANNED_STAND_IN ? "stand-in" : p->name;
	const char *call = !p->chosen.n ? "clone()" : c->clone3 ? "clone3()" : "clone_with_pids()";
	char pids[NUMBERS_TEXT];

	if (outcome->step == STEP_CREATE && (outcome->error == EBUSY || outcome->error == EEXIST) && outcome->level >= 0)
		create_report_taken(c->plan, name, &p->pid, outcome->level);
	else if (outcome->step == STEP_CREATE)
		report(outcome->error, "task `%s' (pids %s): create it by %s", name, numbers_text(&p->pid, pids), call);
	else
		report(outcome->error, "task `%s' (pids %s): %s", name, numbers_text(&p->pid, pids), step_name[outcome->step]);
}
