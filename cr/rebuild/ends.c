// SPDX-License-Identifier: GPL-2.0
/*
 * Let those end that must end before the others are rebuilt: first the zombies, which stay, and then the stand-ins,
 * which their parents or reapers reap.  Afterwards every process has its recorded parent.
 */
#include <errno.h>
#include <signal.h>
#include <unistd.h>
#include <asm/unistd.h>
#include <sys/prctl.h>

#include "lib/report.h"
#include "lib/wait.h"
#include "lib/tree.h"
#include "rebuild.h"

#define END_BOUND_MS 10000

static int wait_for_zombie(pid_t tid)
{
	long deadline = now_ms() + END_BOUND_MS;
	struct task t;

	for (;;) {
		if (task_read(&t, tid) || t.state == 'Z')
			return 0;
		if (now_ms() > deadline) {
			report(ETIMEDOUT, "wait for pid %d to end", tid);
			return -1;
		}
		sleep_ms(1);
	}
}

/* Make the stand-in's parent wait for it, so that it is gone; if the parent has ended, that is now its reaper. */
static int reap(struct builder *b, pid_t tid)
{
	struct task t;

	if (task_read(&t, tid))
		return 0;
	for (uint32_t i = 0; i < b->image->n_tasks; i++) {
		struct remote *r = &b->remote[i];
		struct task parent;
		long ret;

		if (b->image->tasks[i].kind != TASK_PROCESS || r->tid != t.ppid || task_read(&parent, r->tid))
			continue;
		ret = REMOTE_CALL(r, __NR_wait4, t.pid[parent.levels - 1], 0, 0, 0);
		if (ret > 0)
			return 0;
		report(ret == REMOTE_FAILED ? errno : -ret, "pid %d: wait for the stand-in %d", r->tid, tid);
		return -1;
	}
	report(0, "the stand-in %d has got a parent outside the tree", tid);
	return -1;
}

static int end_zombies(struct builder *b)
{
	close(b->creation.zombies_end);
	b->creation.zombies_end = -1;
	for (int i = 0; i < b->plan.n; i++) {
		const struct planned *p = &b->plan.planned[i];

		if (p->kind != PLANNED_ZOMBIE)
			continue;
		if (p->new_pid_ns && p->exit_status & 0x7f)
			kill(b->creation.tid[i], SIGKILL);
		if (wait_for_zombie(b->creation.tid[i]))
			return -1;
	}
	return 0;
}

static int end_stand_ins(struct builder *b)
{
	const struct planned *planned = b->plan.planned;

	close(b->creation.stand_ins_end);
	b->creation.stand_ins_end = -1;
	for (int i = 0; i < b->plan.n; i++)
		if (planned[i].kind == PLANNED_STAND_IN && wait_for_zombie(b->creation.tid[i]))
			return -1;
	for (int i = b->plan.n - 1; i >= 0; i--) {
		if (planned[i].kind != PLANNED_STAND_IN)
			continue;
		if (reap(b, b->creation.tid[i]))
			return -1;
		b->creation.tid[i] = 0;
	}
	return 0;
}

/* When all adoptions are done, give each process its recorded subreaper attribute. */
static int settle_subreapers(struct builder *b)
{
	for (uint32_t i = 0; i < b->image->n_tasks; i++) {
		const struct recorded_task *t = &b->image->tasks[i];
		long ret;

		if (t->kind != TASK_PROCESS ||
		    b->plan.planned[b->plan.of_task[i]].subreaper == b->image->processes[t->process].subreaper)
			continue;
		ret = REMOTE_CALL(&b->remote[i], __NR_prctl, PR_SET_CHILD_SUBREAPER,
				  b->image->processes[t->process].subreaper);
		if (ret)
			return rebuild_failed(&b->remote[i], "set the subreaper attribute", ret);
	}
	return 0;
}

int rebuild_ends(struct builder *b)
{
	return end_zombies(b) || end_stand_ins(b) || settle_subreapers(b) ? -1 : 0;
}
