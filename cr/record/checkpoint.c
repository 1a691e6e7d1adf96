// SPDX-License-Identifier: GPL-2.0
/*
 * The order of a checkpoint: hold all tasks, find out who they are, record each, write.
 *
 * We hold the tasks with ptrace, and not with the freezer of cgroups: so we can inject system calls to read what no
 * file tells, we have the registers at hand, and it works in any pid namespace below.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "checkpoint.h"
#include "cr/hold/hold.h"
#include "cr/format/check.h"
#include "lib/debug.h"
#include "lib/interrupt.h"
#include "cr/plan/plan.h"
#include "record.h"
#include "cr/hold/refuse.h"
#include "lib/report.h"

/* Record a process, or a thread, whose leader comes before it and has the scratch page. */
static int record_one(struct recorder *rec, struct held *h)
{
	struct recorded_task *out = &rec->image.tasks[h->index];
	struct process process;
	struct thread *t;
	int ret;

	debug("record pid %d (%s)", h->task.pid[0], h->task.name);
	if (out->kind == TASK_PROCESS) {
		ret = record_process(rec, h, &process);
		if (!ret)
			ret = image_put(&rec->writer, IMAGE_PROCESS, &process);
		process_free(&process);
		store_reset(&rec->pages);
		if (ret)
			return -1;
		out->process = rec->n_processes++;
	} else {
		if (remote_use_pages(&h->remote, &held_parent(&rec->tree, h)->remote))
			return refuse(&h->task, NULL, strerror(errno));
		out->process = rec->image.tasks[out->parent].process;
	}
	if (record_identity(rec, h) || record_namespaces(rec, h))
		return -1;
	t = image_append(&rec->image, IMAGE_THREAD);
	if (!t)
		return refuse(&h->task, NULL, strerror(ENOMEM));
	out->thread = rec->image.n_threads - 1;
	ret = record_thread(rec, h, t);
	held_forget_texts(h);
	return ret;
}

/* Before the tree may be killed, check that a restart could build a tree of this shape. */
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
	if (rec->tree.n > TASKS_MAX) {
		report(0, "the tree has %d tasks; an image has %d at most", rec->tree.n, TASKS_MAX);
		return -1;
	}
	rec->notes = calloc(rec->tree.n, sizeof(*rec->notes));
	if (!rec->notes) {
		report(ENOMEM, "record the tree");
		return -1;
	}
	rec->own.pid[0] = getpid();
	task_read_namespaces(&rec->own);
	for (int i = 0; i < rec->tree.n; i++)
		if (record_place(rec, &rec->tree.held[i]))
			return -1;
	if (record_check_sharing(rec) || record_check_settings(rec) || record_all_mounts(rec))
		return -1;
	for (int i = 0; i < rec->tree.n; i++)
		if (interrupted() || (rec->image.tasks[i].kind != TASK_ZOMBIE && record_one(rec, &rec->tree.held[i])))
			return -1;
	debug("plan a restart of this tree");
	if (check_shape(rec))
		return -1;
	debug("write what tasks share");
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
	debug("hold the tree below pid %d", root);
	if (image_create(&rec.writer, path))
		image_discard(&rec.writer);
	else if (!hold_tree(&rec.tree, root)) {
		ret = record_all(&rec);
		if (!ret)
			ret = record_check_outsiders(&rec, leave_running);
		if (!ret)
			ret = image_commit(&rec.writer);
		if (!ret)
			record_say_outside(&rec);
		if (!ret && !leave_running)
			record_free_terminal(&rec);
		debug("%s", !ret && !leave_running ? "kill the tree" : "let the tree go on");
		if (!ret && !leave_running)
			ret = hold_kill(&rec.tree);
		else
			hold_release(&rec.tree);
	}
	image_discard(&rec.writer);
	record_forget_mounts(&rec);
	image_free(&rec.image);
	held_free(&rec.tree);
	free(rec.notes);
	free(rec.open.found);
	free(rec.sorted);
	free(rec.shared);
	page_owners_free(&rec.owners);
	store_free(&rec.pages);
	store_free(&rec.shared_pages);
	return ret;
}
