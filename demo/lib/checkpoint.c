// SPDX-License-Identifier: GPL-2.0
/*
 * ptrace is used to hold the tasks since it can be done from outside, to any
 * task, in any pid namespace below, without a signal that the task or its
 * parent could see.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "checkpoint.h"
#include "image_check.h"
#include "report.h"
#include "spawn.h"

/* How long one task may take to stop, and to come to the end of a step. */
#define HOLD_BOUND_MS 5000
#define KILL_BOUND_MS 10000

/* The tasks that are held. */
struct held {
	pid_t pid[APP_TASKS_MAX];
	int n;
};

static bool is_held(const struct held *held, pid_t pid)
{
	for (int i = 0; i < held->n; i++)
		if (held->pid[i] == pid)
			return true;
	return false;
}

static void let_go(struct held *held)
{
	while (held->n)
		ptrace(PTRACE_DETACH, held->pid[--held->n], 0, 0);
}

/* Wait until the task stops because of PTRACE_INTERRUPT; signals that come first are passed on. */
static int wait_for_stop(pid_t pid)
{
	long deadline = now_ms() + HOLD_BOUND_MS;
	int status;

	for (;;) {
		pid_t got = waitpid(pid, &status, __WALL | WNOHANG);

		if (got < 0)
			return -1;
		if (!got) {
			if (now_ms() > deadline) {
				errno = ETIMEDOUT;
				return -1;
			}
			sleep_ms(1);
			continue;
		}
		if (!WIFSTOPPED(status)) {
			errno = ESRCH;
			return -1;
		}
		if (status >> 16 == PTRACE_EVENT_STOP)
			return 0;
		if (ptrace(PTRACE_CONT, pid, 0, WSTOPSIG(status)))
			return -1;
	}
}

/* Hold a task between two steps. */
static int hold(struct held *held, const struct task *t)
{
	long deadline = now_ms() + HOLD_BOUND_MS;
	struct app_state state;
	pid_t pid = t->pid[0];

	if (pid != t->tgid) {
		report(0, "pid %d (%s): a thread; the application has none", pid, t->name);
		return -1;
	}
	if (held->n == APP_TASKS_MAX) {
		report(0, "the tree has more than %d tasks", APP_TASKS_MAX);
		return -1;
	}
	if (ptrace(PTRACE_SEIZE, pid, 0, 0)) {
		report(errno, "hold pid %d (%s)", pid, t->name);
		return -1;
	}
	held->pid[held->n++] = pid;
	for (;;) {
		if (ptrace(PTRACE_INTERRUPT, pid, 0, 0) || wait_for_stop(pid)) {
			report(errno, "hold pid %d (%s)", pid, t->name);
			return -1;
		}
		if (app_state_read(pid, &state)) {
			if (errno == ENOEXEC)
				report(0, "pid %d (%s): not a task of the application: no state at 0x%lx",
				       pid, t->name, APP_STATE_ADDRESS);
			else
				report(errno, "read the state of pid %d (%s)", pid, t->name);
			return -1;
		}
		if (!state.busy)
			return 0;
		if (now_ms() > deadline || ptrace(PTRACE_CONT, pid, 0, 0)) {
			report(ETIMEDOUT, "wait for pid %d (%s) to end its step", pid, t->name);
			return -1;
		}
		sleep_ms(1);
	}
}

/* Until a look at the tree finds no task that is not held; that look is kept. */
static int hold_all(struct held *held, struct tree *tree, pid_t root)
{
	bool found;

	do {
		found = false;
		if (tree_read(tree, root, true)) {
			report(errno, "read the tree below pid %d", root);
			return -1;
		}
		for (int i = 0; i < tree->n; i++) {
			if (is_held(held, tree->task[i].pid[0]))
				continue;
			found = true;
			if (hold(held, &tree->task[i])) {
				tree_free(tree);
				return -1;
			}
		}
		if (found)
			tree_free(tree);
	} while (found);
	return 0;
}

/*
 * A task that came into one of the containers from outside (nsenter) is not below
 * the first task, and would be killed with the tree without having been recorded.
 */
static int refuse_outsiders(const struct held *held, const struct tree *tree)
{
	struct tree all;
	int ret = 0;

	if (tree_read(&all, 0, true)) {
		report(errno, "read /proc");
		return -1;
	}
	for (int i = 0; i < all.n && !ret; i++) {
		const struct task *t = &all.task[i];

		for (int j = 0; j < tree->n && !ret; j++) {
			if (is_held(held, t->pid[0]) || !t->ns[NS_PID] ||
			    t->ns[NS_PID] != tree->task[j].ns[NS_PID])
				continue;
			report(0, "pid %d (%s) is in the pid namespace of `%s', and not of its tree",
			       t->pid[0], t->name, tree->task[j].name);
			ret = -1;
		}
	}
	tree_free(&all);
	return ret;
}

/* Where each task of the tree stands in the image: at its id.  -1 when reported. */
static int place_by_id(const struct tree *tree, struct app_state *states, int *place)
{
	bool seen[APP_TASKS_MAX] = { false };

	for (int i = 0; i < tree->n; i++) {
		const struct task *t = &tree->task[i];

		if (app_state_read(t->pid[0], &states[i])) {
			report(errno, "read the state of pid %d (%s)", t->pid[0], t->name);
			return -1;
		}
		if (states[i].id < 0 || states[i].id >= tree->n || seen[states[i].id]) {
			report(0, "pid %d (%s): its id %d is not one of a tree of %d tasks",
			       t->pid[0], t->name, states[i].id, tree->n);
			return -1;
		}
		seen[states[i].id] = true;
		place[i] = states[i].id;
	}
	return 0;
}

static int record(struct image *image, const struct tree *tree)
{
	struct app_state states[APP_TASKS_MAX];
	int place[APP_TASKS_MAX], at[APP_TASKS_MAX];

	*image = (struct image){ 0 };
	if (place_by_id(tree, states, place))
		return -1;
	for (int i = 0; i < tree->n; i++)
		at[place[i]] = i;

	for (int id = 0; id < tree->n; id++) {
		struct task t = tree->task[at[id]];
		const char *why;

		t.parent = t.parent < 0 ? -1 : place[t.parent];
		memcpy(&image->state[id], &states[at[id]], sizeof(image->state[id]));
		if (!tree_add(&image->tree, &t)) {
			report(errno, "record the tree");
			return -1;
		}
		why = image_check_task(image, id);
		if (why) {
			report(0, "pid %d (%s) cannot be recorded: %s", t.pid[0], t.name, why);
			return -1;
		}
	}
	return 0;
}

/*
 * Kill the tree without letting a task of it run again.  A namespace's init
 * cannot end before those who trace its tasks have waited for them: that is us.
 */
static int kill_held(const struct held *held, pid_t root)
{
	int status;

	if (kill(root, SIGKILL)) {
		report(errno, "kill the tree below pid %d", root);
		return -1;
	}
	for (int i = held->n - 1; i >= 0; i--) {
		if (wait_bounded(held->pid[i], &status, __WALL, KILL_BOUND_MS)) {
			report(errno, "wait for pid %d to end", held->pid[i]);
			return -1;
		}
	}
	if (wait_until_reaped(root, KILL_BOUND_MS)) {
		report(errno, "wait until pid %d is reaped by its parent", root);
		return -1;
	}
	return 0;
}

int checkpoint(struct image *image, pid_t root, const char *path, bool leave_running)
{
	struct held held = { .n = 0 };
	struct tree tree;
	int ret;

	*image = (struct image){ 0 };
	if (!tree_proc_is_ours()) {
		report(0, "/proc is not that of this pid namespace: its pids cannot be traced from here");
		return -1;
	}
	ret = hold_all(&held, &tree, root);
	if (!ret) {
		ret = refuse_outsiders(&held, &tree);
		if (!ret)
			ret = record(image, &tree);
		tree_free(&tree);
	}
	if (!ret)
		ret = image_write(image, path);
	if (!ret && !leave_running)
		ret = kill_held(&held, root);
	else
		let_go(&held);
	if (ret)
		image_free(image);
	return ret;
}
