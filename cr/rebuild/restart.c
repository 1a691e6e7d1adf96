// SPDX-License-Identifier: GPL-2.0
/*
 * The order of a restart: create all processes, hold them, open what was open, let those end that had ended, stop those
 * that were stopped, have the first one adopted, rebuild each from outside, compare, let go.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <asm/unistd.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "foreground.h"
#include "lib/free_memory.h"
#include "lib/interrupt.h"
#include "lib/procfs.h"
#include "rebuild.h"
#include "lib/report.h"
#include "lib/tree.h"

#define END_BOUND_MS 10000

int rebuild_failed(const struct remote *r, const char *what, long ret)
{
	report(ret == REMOTE_FAILED ? errno : -ret, "task %d: %s", r->tid, what);
	return -1;
}

/* Hold the processes; remember the pids of those that are about to end. */
static int hold_all(struct builder *b)
{
	for (int i = 0; i < b->plan.n; i++) {
		int task = b->plan.planned[i].task;

		if (task < 0)
			continue;
		if (b->image->tasks[task].kind == TASK_ZOMBIE) {
			b->remote[task].tid = b->creation.tid[i];
		} else if (remote_hold(&b->remote[task], b->creation.tid[i], true)) {
			report(errno, "hold the new process %d", b->creation.tid[i]);
			return -1;
		}
	}
	return 0;
}

/* The calls of all that follows go through the vdso of the restarting program, of which all are copies. */
static int find_vdso(struct builder *b, struct remote *r)
{
	if (!b->int80 && remote_find_int80(r, b->vdso.start, b->vdso.end - b->vdso.start))
		return rebuild_failed(r, "find the vdso's system call", REMOTE_FAILED);
	if (!b->int80)
		b->int80 = r->int80;
	r->int80 = b->int80;
	return 0;
}

/*
 * A process joins its group by itself; or if the group has no number in its pid namespace, its parent puts it there.
 * A zombie, too, joins by itself.
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
		return 0;	/* a still older group: it has inherited that, or the comparison tells */
	ret = REMOTE_CALL(&b->remote[who - b->image->tasks], __NR_setpgid, pid, pgid);
	if (!ret)
		return 0;
	report(ret == REMOTE_FAILED ? errno : -ret, "task `%s': join process group %d", t->name, pgid);
	return -1;
}

static int join_groups(struct builder *b)
{
	for (uint32_t i = 0; i < b->image->n_tasks; i++)
		if (b->image->tasks[i].kind == TASK_PROCESS && find_vdso(b, &b->remote[i]))
			return -1;
	for (uint32_t i = 0; i < b->image->n_tasks && b->options->pids != PIDS_NONE; i++)
		if (join_group(b, i))
			return -1;
	return 0;
}

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

/* A stand-in's parent waits for it, so that it is gone; that is whoever has adopted it, if its own one has ended. */
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

static int end_some(struct builder *b)
{
	close(b->creation.zombies_end);
	b->creation.zombies_end = -1;
	for (int i = 0; i < b->plan.n; i++) {
		const struct recorded_task *t = b->plan.planned[i].task < 0 ? NULL : &b->image->tasks[b->plan.planned[i].task];

		if (!t || t->kind != TASK_ZOMBIE)
			continue;
		if (t->new_pid_ns && t->exit_status & 0x7f)
			kill(b->creation.tid[i], SIGKILL);
		if (wait_for_zombie(b->creation.tid[i]))
			return -1;
	}
	close(b->creation.stand_ins_end);
	b->creation.stand_ins_end = -1;
	for (int i = 0; i < b->plan.n; i++)
		if (b->plan.planned[i].task < 0 && wait_for_zombie(b->creation.tid[i]))
			return -1;
	for (int i = b->plan.n - 1; i >= 0; i--) {
		if (b->plan.planned[i].task >= 0)
			continue;
		if (reap(b, b->creation.tid[i]))
			return -1;
		b->creation.tid[i] = 0;
	}
	return 0;
}

/* When all have been adopted: who is a subreaper for the adoptions to come. */
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

static int rebuild_all(struct builder *b)
{
	const struct image *image = b->image;

	for (uint32_t i = 0; i < image->n_tasks; i++)
		if (image->tasks[i].kind == TASK_PROCESS && (interrupted() || rebuild_process(b, i)))
			return -1;
	if (rebuild_locks(b))
		return -1;
	for (uint32_t i = 0; i < image->n_tasks; i++)
		if (image->tasks[i].kind != TASK_ZOMBIE && (interrupted() || rebuild_thread(b, i)))
			return -1;
	for (uint32_t i = 0; i < image->n_tasks; i++)
		if (image->tasks[i].kind == TASK_PROCESS && rebuild_process_end(b, i))
			return -1;
	return 0;
}

/*
 * All that can fail comes first: each task stands where one system call lets it go on.  Until the first call of the
 * second half, the end of the restart is that of the tree; from its last call on, the tree lives.  In between lies
 * nothing but these calls.  The first task goes last: if it is an init, all end with it until then.
 */
static int let_go(struct builder *b)
{
	const struct image *image = b->image;
	int ret = 0;

	for (uint32_t i = 0; i < image->n_tasks; i++) {
		const struct recorded_task *t = &image->tasks[i];
		struct remote *r = &b->remote[i];

		if (t->kind == TASK_PROCESS && b->options->stopped && !r->stop_signal && kill(r->tid, SIGSTOP)) {
			report(errno, "stop pid %d", r->tid);
			return -1;
		}
		if (t->kind != TASK_ZOMBIE && remote_rest(r)) {
			report(errno, "bring pid %d to rest", r->tid);
			return -1;
		}
	}
	if (interrupted())
		return -1;
	for (int i = (int)image->n_tasks - 1; i >= 0 && !ret; i--)
		if (image->tasks[i].kind != TASK_ZOMBIE)
			ret = ptrace(PTRACE_DETACH, b->remote[i].tid, 0, 0);
	if (ret)
		report(errno, "let the tree go");
	return ret;
}

/* What is written into the tasks is there twice until all is done. */
static int check_memory(const struct image *image, const struct share *share)
{
	uint64_t need = 0;
	uint64_t there = memory_available();

	for (uint32_t i = 0; i < image->n_processes; i++) {
		for (uint32_t n = 0; n < image->processes[i].n_pages; n++)
			need += image->processes[i].pages[n].data.size;
		for (uint32_t n = 0; n < image->processes[i].n_borrowed; n++)
			need += image->processes[i].borrowed[n].size;
	}
	need -= share->saved;
	for (uint32_t i = 0; i < image->n_shared; i++)
		for (uint32_t n = 0; n < image->shared[i].n_pages; n++)
			need += image->shared[i].pages[n].data.size;
	if (need < there)
		return 0;
	report(ENOMEM, "build a tree that needs %llu kB", (unsigned long long)need / 1024);
	return -1;
}

/* When who leads a session ends, the kernel hangs up on all who have its terminal: on the tree, too. */
static int check_session(const struct image *image)
{
	int terminal;

	if (!image->tasks[0].sid_outside || getsid(0) != getpid())
		return 0;
	terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (terminal < 0)
		return 0;
	close(terminal);
	report(0, "this program leads the session of its terminal, and its end would hang up on the tree: run it in a shell");
	return -1;
}

/*
 * Is somebody to be stopped in the process group of the restarting program, and that a job of its own?  When the job is
 * done, the kernel would let the stopped ones go on, with a SIGHUP.  So the first task leads a group, for all that were in
 * one from outside.
 */
static bool is_stopped_in_our_job(const struct builder *b)
{
	if (getpgrp() == getpgid(getppid()))
		return false;
	for (uint32_t i = 0; i < b->image->n_tasks; i++) {
		const struct recorded_task *t = &b->image->tasks[i];

		if (t->kind == TASK_PROCESS && t->pgid_outside &&
		    (b->options->stopped || b->image->processes[t->process].stop_signal))
			return true;
	}
	return false;
}

static int prepare(struct builder *b)
{
	const struct plan_options plan_options = { .pids = b->options->pids, .own_group = is_stopped_in_our_job(b) };
	int fd;

	b->remote = calloc(b->image->n_tasks, sizeof(*b->remote));
	if (!b->remote) {
		report(ENOMEM, "restart");
		return -1;
	}
	for (uint32_t i = 0; i < b->image->n_tasks; i++)
		b->remote[i].mem = -1;
	if (check_session(b->image) || (b->options->foreground && foreground_check()) || rebuild_find_specials(b) ||
	    plan_make(&b->plan, b->image, &plan_options) || share_make(&b->share, b->image, &b->plan) ||
	    check_memory(b->image, &b->share) || rebuild_objects_begin(b) || rebuild_outside(b))
		return -1;
	if (b->share.n_fills) {
		fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
		b->mem = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, FD_LIMIT);
		if (fd >= 0)
			close(fd);
		if (b->mem < 0) {
			report(errno, "open our own memory");
			return -1;
		}
	}
	fd = syscall(SYS_pidfd_open, getpid(), 0);
	b->creation = (struct creation){
		.image = b->image, .plan = &b->plan, .clone3 = b->options->clone3,
		.zombies_end = -1, .stand_ins_end = -1, .alive = -1, .adoption = -1,
		.pidfd = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, FD_LIMIT),
		.pty_fd = b->pty_fd, .share = &b->share, .mem = b->mem,
	};
	if (fd >= 0)
		close(fd);
	if (b->creation.pidfd < 0) {
		report(errno, "open a pidfd of ourselves");
		return -1;
	}
	return 0;
}

static int build(struct builder *b)
{
	if (create_tree(&b->creation) || hold_all(b) || rebuild_objects(b) || join_groups(b) || end_some(b) ||
	    settle_subreapers(b) || rebuild_stops(b) || create_adopted(&b->creation) || rebuild_all(b) ||
	    rebuild_compare(b) ||
	    (b->options->ready && b->options->ready(b->creation.tid[0])) ||
	    (b->options->foreground && foreground_give(b)) || let_go(b)) {
		foreground_take_back();
		return -1;
	}
	if (b->options->foreground)
		foreground_show(b);
	return 0;
}

/* Threads have come since the processes were created; each has to be waited for, or its process does not end. */
static void abort_build(struct builder *b)
{
	uint32_t n = b->image->n_tasks;
	pid_t *threads = calloc(2 * n, sizeof(*threads));
	int found = 0;

	for (uint32_t i = 0; threads && i < n; i++) {
		if (b->image->tasks[i].kind == TASK_THREAD && b->remote[i].tid > 0)
			threads[found++] = b->remote[i].tid;
		if (b->remote[i].born > 0)
			threads[found++] = b->remote[i].born;
	}
	create_abort(&b->creation, threads, found);
	free(threads);
}

pid_t restart(const struct image *image, const struct restart_options *options)
{
	struct builder b = {
		.image = image, .options = options, .creation.pidfd = -1, .outside_fd = { -1, -1, -1 }, .mem = -1,
	};
	pid_t root = -1;

	remote_begin();
	if (!tree_proc_is_ours()) {
		report(0, "/proc is not that of this pid namespace: the restarted tree could not be checked");
		return -1;
	}
	if (!prepare(&b)) {
		if (build(&b)) {
			abort_build(&b);
		} else {
			root = b.creation.tid[0];
			create_done(&b.creation);
		}
	}
	for (uint32_t i = 0; b.remote && i < image->n_tasks; i++)
		remote_forget(&b.remote[i]);
	if (b.creation.pidfd >= 0)
		close(b.creation.pidfd);
	if (b.mem >= 0)
		close(b.mem);
	rebuild_objects_close(&b);
	share_free(&b.share);
	plan_free(&b.plan);
	free(b.remote);
	return root;
}
