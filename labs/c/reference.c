// SPDX-License-Identifier: GPL-2.0
/* restart - bring a recorded tree back, each task with the pids it had; the reference solution */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <asm/unistd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <linux/clone_with_pids.h>
#include <linux/sched.h>

#include "given.h"

static struct image image;
static bool use_clone3;

static int levels_of(int task)
{
	return task == NONE ? 1 : image.task[task].levels;
}

/* With a new namespace the list names those that exist: without the last pid, which is 1 anyway. */
static pid_t clone_old(unsigned int flags, const pid_t *pids, int n)
{
	struct clone_with_pids_args args = { .nr_pids = n };

	return syscall(__NR_clone_with_pids, flags | SIGCHLD, &args, sizeof(args), NULL, pids);
}

/* The other order, and the new namespace is named, too. */
static pid_t clone_new(unsigned int flags, const pid_t *pids, int n)
{
	pid_t set_tid[MAX_PIDS];
	int first = flags & CLONE_NEWPID ? 1 : 0;
	struct clone_args args = {
		.flags = flags, .exit_signal = SIGCHLD, .set_tid = (uintptr_t)set_tid, .set_tid_size = first + n,
	};

	set_tid[0] = 1;
	for (int i = 0; i < n; i++)
		set_tid[first + i] = pids[n - 1 - i];
	return syscall(__NR_clone3, &args, sizeof(args));
}

static void live(int task);

/* Create a task, below the caller; it never returns from here. */
static pid_t create(int task)
{
	const struct recorded *t = &image.task[task];
	int n = levels_of(t->parent);
	unsigned int flags = t->levels > n ? CLONE_NEWPID : 0;
	pid_t pid = (use_clone3 ? clone_new : clone_old)(flags, t->pid, n);

	if (!pid)
		live(task);
	return pid;
}

/*
 * Put a task, pid, into its group, by the number that its leader has at the caller's level; whoever is in its parent's
 * group is in it from birth.  The parent does it, so that the group is there for the next child, and the child for
 * itself, so that it is in it before it has children.  Whoever comes second changes nothing.
 */
static int join_group(int task, pid_t pid, int levels)
{
	const struct recorded *t = &image.task[task];

	if (t->group == NONE || t->session == task || (t->parent != NONE && t->group == image.task[t->parent].group))
		return 0;
	return setpgid(pid, t->group == task ? pid : image.task[t->group].pid[levels - 1]);
}

/* Create the children of a parent that are in its session, or those that are not. */
static int create_children(int parent, bool in_session)
{
	int session = parent == NONE ? NONE : image.task[parent].session;

	for (int i = 0; i < image.n; i++) {
		const struct recorded *t = &image.task[i];
		bool inherits = t->session == session || t->session == i;
		pid_t pid;

		if (t->parent != parent || inherits != in_session)
			continue;
		pid = create(i);
		if (pid < 0 || join_group(i, pid, levels_of(parent)) < 0) {
			tell(FAILED, i);
			return -1;
		}
	}
	return 0;
}

/* What a task does.  A child that is not in its parent's session is born before the parent begins its own. */
static void live(int task)
{
	const struct recorded *t = &image.task[task];
	bool sees_leader = t->group == task || t->levels == levels_of(t->parent);

	prctl(PR_SET_NAME, t->name);
	tell(BORN, task);
	if (sees_leader && join_group(task, 0, t->levels) < 0) {
		tell(FAILED, task);
		_exit(1);
	}
	if (create_children(task, false))
		_exit(1);
	if (t->session == task && setsid() < 0) {
		tell(FAILED, task);
		_exit(1);
	}
	if (create_children(task, true))
		_exit(1);
	tell(COMPLETE, task);
	for (;;)
		pause();
}

/*
 * Kill what was born, and nobody else: a pid of the image may be a stranger's.  Who is born later says so, too, and the
 * pipe ends when nobody is left who could.
 */
static void clean_up(const bool born[])
{
	struct word w;

	for (int i = 0; i < image.n; i++)
		if (born[i])
			kill(image.task[i].pid[0], SIGKILL);
	while (hear(&w))
		if (w.what == BORN)
			kill(image.task[w.task].pid[0], SIGKILL);
}

/* Wait until every task is complete.  0, or -1 if one failed: then nothing is left of the others. */
static int await_tree(void)
{
	bool born[MAX_TASKS] = { false };
	int complete = 0;
	struct word w;

	while (complete < image.n) {
		if (!hear(&w)) {
			fprintf(stderr, "restart: the tasks ended before they were complete\n");
			return -1;
		}
		born[w.task] |= w.what == BORN;
		complete += w.what == COMPLETE;
		if (w.what == FAILED) {
			fprintf(stderr, "restart: %s, pid %d: %s\n", image.task[w.task].name,
				image.task[w.task].pid[0], strerror(w.error));
			clean_up(born);
			return -1;
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	bool failed;

	use_clone3 = argc > 2 && !strcmp(argv[1], "--clone3");
	if (argc != 2 + use_clone3) {
		fprintf(stderr, "usage: restart [--clone3] IMAGE\n");
		return 2;
	}
	if (image_read(&image, argv[argc - 1]) || words_open())
		return 1;
	failed = create_children(NONE, true) || create_children(NONE, false);
	words_close();
	return await_tree() || failed ? 1 : 0;
}
