// SPDX-License-Identifier: GPL-2.0
/* What the threads of a process share: descriptors, directories, signal actions, timers, limits. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <asm/unistd.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "cr/kinds/outside.h"
#include "rebuild.h"
#include "lib/report.h"
#include "lib/tree.h"

#define NS_PER_S 1000000000LL

/* The restarting program's descriptor from which this one is copied. */
static int source_fd(const struct builder *b, const struct fd *fd)
{
	if (b->image->opens[fd->open].kind == OPEN_OUTSIDE)
		return b->open.outside_fd[outside_number(b->image, fd)];
	return b->open.open_fd[fd->open];
}

/*
 * Restore descriptors, lowest first.  A new descriptor gets the lowest free number: either the recorded one, or a lower
 * one, which is then moved up.
 */
static int rebuild_fds(struct builder *b, struct remote *r, const struct process *p)
{
	long ret = REMOTE_CALL(r, __NR_close_range, 0, b->creation.pidfd - 1, 0);

	if (ret)
		return rebuild_failed(r, "close the restarting program's files", ret);
	for (uint32_t i = 0; i < p->n_fds; i++) {
		const struct fd *fd = &p->fds[i];
		int got = rebuild_get_fd(b, r, source_fd(b, fd));

		if (got < 0)
			return rebuild_failed(r, "get a descriptor", REMOTE_FAILED);
		if ((uint32_t)got == fd->number) {
			ret = fd->cloexec ? 0 : REMOTE_CALL(r, __NR_fcntl64, got, F_SETFD, 0);
		} else {
			ret = REMOTE_CALL(r, __NR_dup3, got, fd->number, fd->cloexec ? O_CLOEXEC : 0);
			if (ret == (long)fd->number)
				ret = REMOTE_CALL(r, __NR_close, got);
		}
		if (ret)
			return rebuild_failed(r, "put a descriptor in its place", ret);
	}
	return 0;
}

static int rebuild_directories(struct remote *r, const struct process *p)
{
	/* Both as they were seen from outside the new root. */
	long ret = REMOTE_CALL_WITH(r, __NR_chdir, 0, p->cwd, strlen(p->cwd) + 1, 0);

	if (!ret && strcmp(p->root, "/"))
		ret = REMOTE_CALL_WITH(r, __NR_chroot, 0, p->root, strlen(p->root) + 1, 0);
	if (ret)
		return rebuild_failed(r, "change to its directory", ret);
	ret = REMOTE_CALL(r, __NR_umask, p->umask);
	return ret < 0 ? rebuild_failed(r, "set its umask", ret) : 0;
}

static int rebuild_actions(struct remote *r, const struct process *p)
{
	for (int i = 0; i < SIGNALS; i++) {
		const struct action *a = &p->actions[i];
		struct { uint32_t handler, flags, restorer; uint64_t mask; } __attribute__((packed)) action = {
			a->handler, a->flags, a->restorer, a->mask,
		};
		long ret;

		if (!a->handler && !a->flags && !a->mask)
			continue;	/* the default, which the restarting program leaves in place */
		ret = REMOTE_CALL_WITH(r, __NR_rt_sigaction, 1, &action, sizeof(action), i + 1, 0, 0, 8);
		if (ret)
			return rebuild_failed(r, "set a signal action", ret);
	}
	return 0;
}

/* The kernel gives out ids in order, whether or not lower ones are still in use. */
static int create_timer(struct builder *b, struct remote *r, const struct posix_timer *t)
{
	struct { uint32_t value, signo, notify, tid, padding[12]; } event = { t->value, t->signo, t->notify, 0, { 0 } };
	int32_t id;
	long ret;

	if (t->notify_task >= 0) {
		const struct numbers *n = &b->image->tasks[t->notify_task].pid;

		event.tid = n->nr[n->levels - 1];
	}
	do {
		unsigned long address = remote_put(r, &event, sizeof(event)), out = remote_put(r, &id, sizeof(id));

		ret = address && out ? REMOTE_CALL(r, __NR_timer_create, t->clock, address, out) : REMOTE_FAILED;
		remote_drop(r);
		if (ret || remote_read(r, out, &id, sizeof(id)))
			return rebuild_failed(r, "create a timer", ret ? ret : REMOTE_FAILED);
		if (id != t->id && (ret = REMOTE_CALL(r, __NR_timer_delete, id)))
			return rebuild_failed(r, "delete a timer", ret);
	} while (id < t->id);
	if (id == t->id)
		return 0;
	report(0, "pid %d: the kernel does not give out timer %d", r->tid, t->id);
	return -1;
}

static int create_timers(struct builder *b, struct remote *r, const struct process *p)
{
	for (uint32_t i = 0; i < p->n_timers; i++)
		if (create_timer(b, r, &p->timers[i]))
			return -1;
	return 0;
}

static int start_itimers(struct remote *r, const struct process *p)
{
	for (int which = 0; which < 3; which++) {
		int64_t interval = p->itimer_interval_ns[which], left = p->itimer_left_ns[which];
		int32_t value[4] = { interval / NS_PER_S, interval % NS_PER_S / 1000 };
		long ret;

		/* Nothing is left of a periodic one whose signal is pending: the kernel starts it when that is taken. */
		if (!left)
			left = interval;
		if (!left)
			continue;
		value[2] = left / NS_PER_S;
		value[3] = left % NS_PER_S / 1000;
		ret = REMOTE_CALL_WITH(r, __NR_setitimer, 1, value, sizeof(value), which);
		if (ret)
			return rebuild_failed(r, "set an interval timer", ret);
	}
	return 0;
}

static int start_timers(struct remote *r, const struct process *p)
{
	for (uint32_t i = 0; i < p->n_timers; i++) {
		const struct posix_timer *t = &p->timers[i];
		int64_t value[4] = {
			t->interval_ns / NS_PER_S, t->interval_ns % NS_PER_S, t->left_ns / NS_PER_S, t->left_ns % NS_PER_S,
		};
		long ret = t->left_ns ? REMOTE_CALL_WITH(r, __NR_timer_settime64, 2, value, sizeof(value), t->id) : 0;

		if (ret)
			return rebuild_failed(r, "set a timer", ret);
	}
	return 0;
}

/* Set limits from outside, because the task itself may no longer be able to raise them. */
static int rebuild_limits(struct remote *r, const struct process *p)
{
	char path[48];
	FILE *f;

	for (int i = 0; i < 16; i++) {
		const struct rlimit limit = { p->rlimit_soft[i], p->rlimit_hard[i] };

		if (prlimit(r->tid, i, &limit, NULL))
			return rebuild_failed(r, "set a limit", REMOTE_FAILED);
	}
	snprintf(path, sizeof(path), "/proc/%d/oom_score_adj", r->tid);
	f = fopen(path, "we");
	if (!f || fprintf(f, "%d", p->oom_score_adj) < 0 || fclose(f))
		return rebuild_failed(r, "set oom_score_adj", REMOTE_FAILED);
	return 0;
}

/* Discard signals that were meant for the restarting program, or that building the tree has caused. */
static int discard_signals(struct remote *r)
{
	const uint64_t all = ~0ULL;
	const int64_t now[2] = { 0, 0 };
	unsigned long set, timeout;
	long ret;

	do {
		set = remote_put(r, &all, sizeof(all));
		timeout = remote_put(r, now, sizeof(now));
		ret = REMOTE_CALL(r, __NR_rt_sigtimedwait_time64, set, 0, timeout, sizeof(all));
		remote_drop(r);
	} while (ret > 0);
	return ret == -EAGAIN ? 0 : rebuild_failed(r, "discard signals", ret);
}

/* A process that has called unshare(CLONE_NEWPID): its children are born in the namespace of its first child. */
static int rebuild_children_ns(struct builder *b, int index)
{
	const struct recorded_task *t = &b->image->tasks[index];
	struct remote *r = &b->remote[index];
	struct task own, child;
	long fd, ret;

	if (t->children_ns < 0)
		return 0;
	if (task_read(&own, r->tid) || task_read(&child, b->remote[t->children_ns].tid))
		return rebuild_failed(r, "look for its child", REMOTE_FAILED);
	fd = REMOTE_CALL(r, __NR_pidfd_open, child.pid[own.levels - 1], 0);
	ret = fd < 0 ? fd : REMOTE_CALL(r, __NR_setns, fd, CLONE_NEWPID);
	if (fd >= 0 && !ret)
		ret = REMOTE_CALL(r, __NR_close, fd);
	return ret ? rebuild_failed(r, "have its children born in the namespace of the first one", ret) : 0;
}

int rebuild_process(struct builder *b, int index)
{
	const struct process *p = &b->image->processes[b->image->tasks[index].process];
	struct remote *r = &b->remote[index];

	remote_begin_steps(r);
	if (rebuild_fds(b, r, p) || rebuild_memory(b, index) || discard_signals(r) || rebuild_directories(r, p))
		return -1;
	if (remote_end_steps(r))
		return rebuild_failed(r, "block its signals", REMOTE_FAILED);
	if (rebuild_actions(r, p) || rebuild_terminal(b, index))
		return -1;
	return rebuild_threads(b, index) || create_timers(b, r, p) || rebuild_children_ns(b, index) ||
	       rebuild_process_settings(r, p) ? -1 : 0;
}

int rebuild_process_end(struct builder *b, int index)
{
	const struct process *p = &b->image->processes[b->image->tasks[index].process];
	struct remote *r = &b->remote[index];
	long ret;

	/* What a program had before it lowered its limits is above them. */
	if (rebuild_limits(r, p))
		return -1;
	ret = REMOTE_CALL(r, __NR_prctl, PR_SET_DUMPABLE, p->dumpable);
	if (ret)
		return rebuild_failed(r, "set whether it is dumpable", ret);
	if (start_itimers(r, p) || start_timers(r, p))
		return -1;
	if (!REMOTE_CALL(r, __NR_close, b->creation.pidfd) && !REMOTE_CALL(r, __NR_munmap, r->scratch, PAGE_BYTES))
		return 0;
	return rebuild_failed(r, "remove our pidfd and page from it", REMOTE_FAILED);
}
