// SPDX-License-Identifier: GPL-2.0
/*
 * Stopped processes.  They stop while they are held, before any process outside the tree ends.  So if the kernel
 * signals a stopped process group because a process ends (kill_orphaned_pgrp() in kernel/exit.c), it does so now or
 * never.
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

	/* Only the parent learns which signal it was, and the first task has another parent now. */
	if (ret > 0 && t->parent < 0)
		ret = remote_stop(&b->remote[i], SIGSTOP);
	if (!ret)
		return 0;
	report(ret < 0 ? errno : 0, "task `%s': stop it by signal %d (%s)%s", t->name, sig, strsignal(sig),
	       ret < 0 ? "" : ": its process group is orphaned here, and the signal stops nobody in it");
	return -1;
}

/* If the recorded parent had already waited for the stop, make the new parent wait for it, too. */
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
