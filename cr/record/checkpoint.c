// SPDX-License-Identifier: GPL-2.0
/*
 * The order of a checkpoint: hold all, look who they are, record each, write.
 *
 * ptrace holds the tasks, and not the freezer of cgroups: a held task can be asked, by system calls that it is made
 * to make, what no file tells; its registers are at hand; and it works in any pid namespace below.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <asm/unistd.h>
#include <linux/kcmp.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "checkpoint.h"
#include "cr/hold/hold.h"
#include "cr/format/check.h"
#include "lib/interrupt.h"
#include "cr/plan/plan.h"
#include "lib/procfs.h"
#include "record.h"
#include "cr/hold/refuse.h"
#include "lib/report.h"

/* The field of /proc/PID/stat, counted from 1 as in proc(5). */
static long stat_field(const char *stat, int field)
{
	const char *p = strrchr(stat, ')');

	for (int i = 2; p && i < field; i++)
		p = strchr(p + 1, ' ');
	return p ? atol(p + 1) : 0;
}

/*
 * Does a process group or session belong to somebody outside the tree?  If its leader is dead, that is what the first
 * task has not made itself.
 */
static bool is_outside(const struct recorder *rec, pid_t id, pid_t of_first)
{
	char stat[32];

	snprintf(stat, sizeof(stat), "/proc/%d/stat", id);
	return !id || (tree_by_pid(&rec->tree, id) < 0 && (id == of_first || !access(stat, F_OK)));
}

/* What of a dead task no restart could make again. */
static int check_zombie(const struct recorder *rec, int index, uint32_t status)
{
	const struct task *t = &rec->tree.task[index];
	int sig = status & 0x7f;

	for (int i = index + 1; i < rec->tree.n; i++)
		if (rec->tree.task[i].parent == index)
			return refuse(t, NULL, "it has ended, and other threads of its group have not");
	if (t->parent >= 0 && !rec->image.tasks[index].new_pid_ns && t->levels != rec->tree.task[t->parent].levels)
		return refuse(t, NULL, "it was born into a pid namespace that is not its parent's");
	if (status & 0x80)
		return refuse(t, NULL, "it has ended and dumped its memory");
	/* The first task of a namespace is killed from outside, or by its own fault. */
	if (sig && sig != SIGKILL && rec->image.tasks[index].new_pid_ns)
		return refuse(t, NULL, "it was an init, and ended by a fault of its own");
	return 0;
}

static int record_identity(struct recorder *rec, int index)
{
	const struct task *t = &rec->tree.task[index];
	struct recorded_task *out = image_append(&rec->image, IMAGE_TASK);
	char *status = procfs_text(t->pid[0], "status"), *stat = procfs_text(t->pid[0], "stat");
	char *name = procfs_text(t->pid[0], "comm");	/* as it is; in the others it is made fit to be printed */
	int ret = -1;

	if (!out || !status || !stat || !name) {
		refuse(t, NULL, strerror(errno));
		goto out;
	}
	out->kind = t->state == 'Z' ? TASK_ZOMBIE : t->pid[0] == t->tgid ? TASK_PROCESS : TASK_THREAD;
	snprintf(out->name, sizeof(out->name), "%.*s", (int)strlen(name) - 1, name);
	out->parent = t->parent;
	numbers_read(&out->pid, status, "NSpid");
	numbers_read(&out->pgid, status, "NSpgid");
	numbers_read(&out->sid, status, "NSsid");
	out->pgid_outside = is_outside(rec, t->pgid, rec->tree.task[0].pgid);
	out->sid_outside = is_outside(rec, t->sid, rec->tree.task[0].sid);
	out->new_pid_ns = out->kind != TASK_THREAD && task_is_ns_init(&rec->tree, index);
	out->exit_signal = out->kind == TASK_THREAD ? 0 : stat_field(stat, 38);
	/* Of a stopped process it is the signal, until its parent has waited for it. */
	if (out->kind == TASK_ZOMBIE)
		out->exit_status = stat_field(stat, 52);
	else
		out->stop_unheard = out->kind == TASK_PROCESS && rec->remote[index].stop_signal && stat_field(stat, 52);
	out->uts = out->mounts = out->process = out->thread = out->terminal = out->children_ns = -1;
	rec->ttys[index] = (struct task_tty){ stat_field(stat, 7), stat_field(stat, 8), stat_field(stat, 9) };
	if (out->pid.levels != (uint32_t)t->levels)
		refuse(t, NULL, "its pids cannot be read");
	else
		ret = out->kind == TASK_ZOMBIE ? check_zombie(rec, index, out->exit_status) : 0;
out:
	free(status);
	free(stat);
	free(name);
	return ret;
}

/* What processes have of their own, and the threads of one share.  Only clone() with odd flags makes it otherwise. */
static const struct { int kind; const char *what; } shareable[] = {
	{ KCMP_VM, "memory" }, { KCMP_FILES, "its table of descriptors" },
	{ KCMP_FS, "its working directory" }, { KCMP_SIGHAND, "signal actions" },
};
#define N_SHAREABLE (sizeof(shareable) / sizeof(*shareable))

/* kcmp() orders what it compares: 0 equal, 1 less, 2 greater. */
static int sorted_by;

static int by_kcmp(const void *a, const void *b)
{
	const struct task *const *x = a, *const *y = b;
	long order = syscall(SYS_kcmp, (*x)->pid[0], (*y)->pid[0], sorted_by, 0, 0);

	return order == 1 ? -1 : order == 2;
}

/* Two processes that share something: next to each other when they are sorted by it. */
static int check_processes(const struct recorder *rec)
{
	const struct task **sorted = calloc(rec->tree.n, sizeof(*sorted));
	char why[80];
	int n = 0, ret = 0;

	for (int i = 0; sorted && i < rec->tree.n; i++)
		if (rec->tree.task[i].state != 'Z' && rec->tree.task[i].pid[0] == rec->tree.task[i].tgid)
			sorted[n++] = &rec->tree.task[i];
	for (size_t k = 0; sorted && k < N_SHAREABLE && !ret; k++) {
		sorted_by = shareable[k].kind;
		qsort(sorted, n, sizeof(*sorted), by_kcmp);
		for (int i = 1; i < n && !ret; i++) {
			if (by_kcmp(&sorted[i - 1], &sorted[i]))
				continue;
			snprintf(why, sizeof(why), "it shares %s with pid %d", shareable[k].what, sorted[i]->pid[0]);
			ret = refuse(sorted[i - 1], NULL, why);
		}
	}
	free(sorted);
	return sorted ? ret : refuse(&rec->tree.task[0], NULL, strerror(ENOMEM));
}

/* A thread that does not share all of it with its leader. */
static int check_thread(const struct task *t)
{
	char why[80];

	for (size_t k = 0; k < N_SHAREABLE; k++) {
		if (!syscall(SYS_kcmp, t->pid[0], t->tgid, shareable[k].kind, 0, 0))
			continue;
		snprintf(why, sizeof(why), "it does not share %s with its thread group", shareable[k].what);
		return refuse(t, NULL, why);
	}
	return 0;
}

static int check_sharing(const struct recorder *rec)
{
	for (int i = 0; i < rec->tree.n; i++) {
		const struct task *t = &rec->tree.task[i];

		if (t->state != 'Z' && t->pid[0] != t->tgid && check_thread(t))
			return -1;
	}
	return check_processes(rec);
}

/* A process, or a thread, whose leader stands before it and has the scratch page. */
static int record_one(struct recorder *rec, int index, const struct task *own)
{
	struct recorded_task *out = &rec->image.tasks[index];
	struct remote *r = &rec->remote[index];
	struct process process;
	struct thread *t;
	int ret;

	if (out->kind == TASK_PROCESS) {
		ret = record_process(rec, index, &process);
		if (!ret)
			ret = image_put(&rec->writer, IMAGE_PROCESS, &process);
		process_free(&process);
		if (ret)
			return -1;
		out->process = rec->n_processes++;
	} else {
		if (remote_use_pages(r, &rec->remote[out->parent]))
			return refuse(&rec->tree.task[index], NULL, strerror(errno));
		out->process = rec->image.tasks[out->parent].process;
	}
	if (record_namespaces(rec, index, own))
		return -1;
	t = image_append(&rec->image, IMAGE_THREAD);
	if (!t)
		return refuse(&rec->tree.task[index], NULL, strerror(ENOMEM));
	out->thread = rec->image.n_threads - 1;
	ret = record_thread(rec, index, t);
	free(rec->status);
	rec->status = NULL;
	return ret;
}

/* Before the tree may be ended: could a restart build one of this shape? */
static int check_shape(const struct recorder *rec)
{
	const struct plan_options options = { .pids = PIDS_ALL };
	struct image shape = rec->image;
	struct plan plan;

	shape.n_processes = rec->n_processes;	/* they are written, and not in memory */
	if (image_check_tasks(&shape, rec->writer.path) || plan_make(&plan, &shape, &options))
		return -1;
	plan_free(&plan);
	return 0;
}

static int record_all(struct recorder *rec)
{
	struct task own;

	if (task_read(&own, getpid())) {
		report(errno, "read our own state");
		return -1;
	}
	if (rec->tree.n > TASKS_MAX) {
		report(0, "the tree has %d tasks; an image has %d at most", rec->tree.n, TASKS_MAX);
		return -1;
	}
	rec->ttys = calloc(rec->tree.n, sizeof(*rec->ttys));
	rec->n_pending = calloc(rec->tree.n, sizeof(*rec->n_pending));
	if (!rec->ttys || !rec->n_pending) {
		report(ENOMEM, "record the tree");
		return -1;
	}
	for (int i = 0; i < rec->tree.n; i++)
		if (record_identity(rec, i))
			return -1;
	if (check_sharing(rec) || record_check_settings(rec) || record_all_mounts(rec, &own))
		return -1;
	for (int i = 0; i < rec->tree.n; i++)
		if (interrupted() || (rec->image.tasks[i].kind != TASK_ZOMBIE && record_one(rec, i, &own)))
			return -1;
	if (check_shape(rec))
		return -1;
	return record_objects(rec) || image_put_all(&rec->writer, &rec->image) ? -1 : 0;
}

int checkpoint(pid_t root, const char *path, bool leave_running)
{
	struct recorder rec = { 0 };
	int ret = -1;

	rec.open.image = &rec.image;
	remote_begin();
	if (!tree_proc_is_ours()) {
		report(0, "/proc is not that of this pid namespace: its pids cannot be traced from here");
		return -1;
	}
	if (image_create(&rec.writer, path))
		image_discard(&rec.writer);
	else if (!hold_tree(&rec.tree, &rec.remote, root)) {
		ret = record_all(&rec);
		if (!ret)
			ret = record_check_outsiders(&rec, leave_running);
		if (!ret)
			ret = image_commit(&rec.writer);
		if (!ret)
			record_say_outside(&rec);
		if (!ret && !leave_running)
			record_free_terminal(&rec);
		if (!ret && !leave_running)
			ret = hold_kill(&rec.tree, rec.remote);
		else
			hold_release(&rec.tree, rec.remote);
	}
	image_discard(&rec.writer);
	record_forget_mounts(&rec);
	image_free(&rec.image);
	tree_free(&rec.tree);
	free(rec.remote);
	free(rec.open.found);
	free(rec.sorted);
	free(rec.ttys);
	free(rec.shared);
	free(rec.n_pending);
	free(rec.status);
	page_owners_free(&rec.owners);
	return ret;
}
