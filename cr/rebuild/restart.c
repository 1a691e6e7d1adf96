// SPDX-License-Identifier: GPL-2.0
/*
 * The order of a restart: prepare() plans the tree and takes what the processes will need, then build() takes steps[],
 * from "create all processes" to "let the tree go on".
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

#include "cr/kinds/pty.h"
#include "foreground.h"
#include "lib/debug.h"
#include "lib/free_memory.h"
#include "lib/interrupt.h"
#include "rebuild.h"
#include "lib/report.h"
#include "lib/tree.h"

/* Injected calls go through the vdso.  It is found once: all processes are copies of the restarting program. */
static int find_vdso(struct builder *b, struct remote *r)
{
	if (!b->int80 && remote_find_int80(r, b->vdso.start, b->vdso.end - b->vdso.start))
		return rebuild_failed(r, "find the vdso's system call", REMOTE_FAILED);
	if (!b->int80)
		b->int80 = r->int80;
	r->int80 = b->int80;
	return 0;
}

/* Hold the processes; remember the pids of those that are about to end. */
static int hold_all(struct builder *b)
{
	for (int i = 0; i < b->plan.n; i++) {
		const struct planned *p = &b->plan.planned[i];
		struct remote *r = p->kind == PLANNED_STAND_IN ? NULL : &b->remote[p->task];

		if (p->kind == PLANNED_ZOMBIE)
			r->tid = b->creation.tid[i];
		if (p->kind != PLANNED_PROCESS)
			continue;
		if (remote_hold(r, b->creation.tid[i], true)) {
			report(errno, "hold the new process %d", b->creation.tid[i]);
			return -1;
		}
		if (find_vdso(b, r))
			return -1;
	}
	return 0;
}

static int rebuild_all(struct builder *b)
{
	const struct image *image = b->image;

	for (uint32_t i = 0; i < image->n_tasks; i++) {
		if (image->tasks[i].kind != TASK_PROCESS)
			continue;
		debug("rebuild process %d", b->remote[i].tid);
		if (interrupted() || rebuild_process(b, i))
			return -1;
	}
	if (pty_lock_all(&b->open))
		return -1;
	for (uint32_t i = 0; i < image->n_tasks; i++) {
		if (image->tasks[i].kind == TASK_ZOMBIE)
			continue;
		debug("rebuild thread %d", b->remote[i].tid);
		if (interrupted() || rebuild_thread(b, i))
			return -1;
	}
	for (uint32_t i = 0; i < image->n_tasks; i++)
		if (image->tasks[i].kind == TASK_PROCESS && rebuild_process_end(b, i))
			return -1;
	return 0;
}

/*
 * Everything that can fail comes first.  Then each task is at rest, and one PTRACE_DETACH lets it run.  Before the
 * first of these calls, the tree ends if the restart ends; after the last one, the tree lives.  Nothing but these calls
 * lies in between.  The first task goes last: if it is an init, all tasks still end with it until then.
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

/* Is there enough memory?  Until the restart is done, the contents exist twice: in the image and in the tasks. */
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

/* When a session leader ends, the kernel hangs up on everybody who has its terminal: on the tree, too. */
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
 * Will there be stopped processes in the restarting program's process group, and is that group a job of its own?  Then
 * the group becomes orphaned when this program ends, and the kernel sends it SIGHUP and SIGCONT.  To avoid that, the
 * first task leads a new group, for all processes whose group was outside the tree.
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
	    check_memory(b->image, &b->share) || rebuild_objects_begin(b))
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
		.pty_fd = b->open.pty_fd, .share = &b->share, .mem = b->mem,
	};
	if (fd >= 0)
		close(fd);
	if (b->creation.pidfd < 0) {
		report(errno, "open a pidfd of ourselves");
		return -1;
	}
	return 0;
}

static int create_all(struct builder *b)
{
	return create_tree(&b->creation);
}

static int have_adopted(struct builder *b)
{
	return create_adopted(&b->creation);
}

static int get_ready(struct builder *b)
{
	if (b->options->ready && b->options->ready(b->creation.tid[0]))
		return -1;
	return b->options->foreground ? foreground_give(b) : 0;
}

static const struct {
	const char *what;
	int (*take)(struct builder *b);
} steps[] = {
	{ "create all processes",             create_all },
	{ "hold them",                        hold_all },
	{ "open what the tree had open",      rebuild_objects },
	{ "restore process groups",           rebuild_groups },
	{ "end those that had ended",         rebuild_ends },
	{ "stop those that were stopped",     rebuild_stops },
	{ "have the first process adopted",   have_adopted },
	{ "rebuild each process and thread",  rebuild_all },
	{ "compare with the image",           rebuild_compare },
	{ "get ready",                        get_ready },
	{ "let the tree go on",               let_go },
};

static int build(struct builder *b)
{
	for (unsigned int i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		debug("%s", steps[i].what);
		if (!steps[i].take(b))
			continue;
		foreground_take_back();
		return -1;
	}
	if (b->options->foreground)
		foreground_show(b);
	return 0;
}

/* Threads may have been created since the processes were.  We trace them: unless we wait for each, no process ends. */
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
		.image = image, .options = options, .creation.pidfd = -1, .open.outside_fd = { -1, -1, -1 }, .mem = -1,
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
