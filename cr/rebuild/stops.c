// SPDX-License-Identifier: GPL-2.0
/*
 * Stopped processes.  They stop while they are held, and so before the restarting program ends: what the kernel does with
 * a stopped process group when a process ends (kill_orphaned_pgrp() in kernel/exit.c) it does here or never.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <asm/unistd.h>
#include <sys/wait.h>

#include "rebuild.h"
#include "lib/report.h"
#include "lib/tree.h"

static int stop(struct builder *b, uint32_t i)
{
	const struct recorded_task *t = &b->image->tasks[i];
	int sig = b->image->processes[t->process].stop_signal;
	int ret = remote_stop(&b->remote[i], sig);

	/* Which signal it was is of interest to its parent alone, and that is not the first task's any more. */
	if (ret > 0 && t->parent < 0)
		ret = remote_stop(&b->remote[i], SIGSTOP);
	if (!ret)
		return 0;
	report(ret < 0 ? errno : 0, "task `%s': stop it by signal %d (%s)%s", t->name, sig, strsignal(sig),
	       ret < 0 ? "" : ": its process group is orphaned here, and the signal stops nobody in it");
	return -1;
}

/* Its parent has waited for the stop once: it does not hear of it again. */
static int hear(struct builder *b, uint32_t i)
{
	const struct recorded_task *t = &b->image->tasks[i];
	struct remote *r = t->parent < 0 ? NULL : &b->remote[t->parent];
	struct task parent, child;
	long ret;

	if (!r || t->stop_unheard)
		return 0;
	if (task_read(&parent, r->tid) || task_read(&child, b->remote[i].tid))
		return rebuild_failed(r, "look for its stopped child", REMOTE_FAILED);
	ret = REMOTE_CALL(r, __NR_waitid, P_PID, child.pid[parent.levels - 1], 0, WSTOPPED | WNOHANG | __WALL, 0);
	return ret ? rebuild_failed(r, "wait for its stopped child", ret) : 0;
}

int rebuild_stops(struct builder *b)
{
	for (uint32_t i = 0; i < b->image->n_tasks; i++) {
		const struct recorded_task *t = &b->image->tasks[i];

		if (t->kind == TASK_PROCESS && b->image->processes[t->process].stop_signal && (stop(b, i) || hear(b, i)))
			return -1;
	}
	return 0;
}
