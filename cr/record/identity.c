// SPDX-License-Identifier: GPL-2.0
/* Who a task is: its place in the tree, its pids, and how it ends or has ended. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "record.h"
#include "cr/hold/refuse.h"

/*
 * Is a process group or session from outside the tree?  If its leader is dead, it counts as outside only if it is the
 * one that the first task is in.
 */
static bool is_outside(const struct recorder *rec, pid_t id, pid_t of_first)
{
	char stat[32];

	snprintf(stat, sizeof(stat), "/proc/%d/stat", id);
	return !id || (!held_by_pid(&rec->tree, id) && (id == of_first || !access(stat, F_OK)));
}

/* Is it the init of a pid namespace younger than its parent's? */
static bool is_ns_init(const struct held *h, const struct held *parent)
{
	const struct task *t = &h->task;

	return task_is_leader(t) && t->pid[t->levels - 1] == 1 && (!parent || parent->task.levels < t->levels);
}

/* Refuse a zombie that no restart could create again. */
static int check_zombie(const struct recorder *rec, const struct held *h)
{
	const struct held *parent = held_parent(&rec->tree, h);
	const struct recorded_task *out = &rec->image.tasks[h->index];
	uint32_t status = out->exit_status;
	int sig = status & 0x7f;

	for (int i = h->index + 1; i < rec->tree.n; i++)
		if (rec->tree.held[i].task.parent == h->index)
			return refuse(&h->task, NULL, "its main thread has ended, but not its other threads");
	if (parent && !out->new_pid_ns && h->task.levels != parent->task.levels)
		return refuse(&h->task, NULL, "it was born into a pid namespace that is not its parent's");
	if (status & 0x80)
		return refuse(&h->task, NULL, "it is a zombie that has dumped core");
	/* The first task of a namespace is killed from outside, or by its own fault. */
	if (sig && sig != SIGKILL && out->new_pid_ns)
		return refuse(&h->task, NULL, "it was an init, and a fault of its own killed it");
	return 0;
}

int record_place(struct recorder *rec, struct held *h)
{
	const struct task *t = &h->task;
	struct recorded_task *out = image_append(&rec->image, IMAGE_TASK);

	if (!out)
		return refuse(t, NULL, strerror(ENOMEM));
	out->kind = held_is_zombie(h) ? TASK_ZOMBIE : task_is_leader(t) ? TASK_PROCESS : TASK_THREAD;
	out->parent = t->parent;
	out->pgid_outside = is_outside(rec, t->pgid, rec->tree.held[0].task.pgid);
	out->sid_outside = is_outside(rec, t->sid, rec->tree.held[0].task.sid);
	out->new_pid_ns = is_ns_init(h, held_parent(&rec->tree, h));
	out->uts = out->mounts = out->process = out->thread = out->terminal = out->children_ns = -1;
	task_read_namespaces(&h->task);
	if (out->kind != TASK_ZOMBIE)
		return 0;
	if (record_identity(rec, h))
		return -1;
	held_forget_texts(h);
	return check_zombie(rec, h);
}

int record_identity(struct recorder *rec, struct held *h)
{
	struct recorded_task *out = &rec->image.tasks[h->index];
	const char *status = held_status(h);
	const struct procfs_stat *stat = held_stat(h);

	if (!status || !stat)
		return refuse_unread(&h->task, "state");
	snprintf(out->name, sizeof(out->name), "%s", stat->name);
	if (!numbers_read(&out->pid, status, "NSpid") || out->pid.levels != (uint32_t)h->task.levels ||
	    !numbers_read(&out->pgid, status, "NSpgid") || !numbers_read(&out->sid, status, "NSsid"))
		return refuse(&h->task, NULL, "its pids cannot be read");
	out->exit_signal = out->kind == TASK_THREAD ? 0 : stat->field[STAT_EXIT_SIGNAL];
	/* Of a stopped process it is the signal, until its parent has waited for it. */
	if (out->kind == TASK_ZOMBIE)
		out->exit_status = stat->field[STAT_EXIT_CODE];
	else
		out->stop_unheard = out->kind == TASK_PROCESS && h->remote.stop_signal && stat->field[STAT_EXIT_CODE];
	rec->notes[h->index].tty = stat->field[STAT_TTY];
	rec->notes[h->index].foreground = stat->field[STAT_TPGID];
	return 0;
}
