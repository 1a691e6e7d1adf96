// SPDX-License-Identifier: GPL-2.0
/* Process groups: a process that could not be born in its group joins it when all processes exist. */
#include <errno.h>
#include <asm/unistd.h>

#include "lib/report.h"
#include "rebuild.h"

/*
 * A process joins its group by an injected call.  If the group has no number in its pid namespace, its parent puts it
 * there.  A zombie joins by itself just before it ends (cr/create/process.c).
 */
static int join_group(struct builder *b, uint32_t i)
{
	const struct recorded_task *t = &b->image->tasks[i], *who = t;
	bool by_parent = !t->pgid.nr[t->pid.levels - 1];
	pid_t pid = 0, pgid;
	long ret;

	if (t->kind == TASK_THREAD || t->pgid_outside || t->pgid.nr[0] == t->pid.nr[0] ||
	    (by_parent ? t->parent < 0 : t->kind == TASK_ZOMBIE))
		return 0;
	if (by_parent) {
		who = &b->image->tasks[t->parent];
		pid = t->pid.nr[who->pid.levels - 1];
	}
	pgid = t->pgid.nr[who->pid.levels - 1];
	if (!pgid)
		return 0;	/* a group of a still older namespace: inherited, or the comparison fails */
	ret = REMOTE_CALL(&b->remote[who - b->image->tasks], __NR_setpgid, pid, pgid);
	if (!ret)
		return 0;
	report(ret == REMOTE_FAILED ? errno : -ret, "task `%s': join process group %d", t->name, pgid);
	return -1;
}

int rebuild_groups(struct builder *b)
{
	for (uint32_t i = 0; i < b->image->n_tasks && b->options->pids != PIDS_NONE; i++)
		if (join_group(b, i))
			return -1;
	return 0;
}
