// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "hold.h"
#include "cr/image/image.h"
#include "lib/procfs.h"
#include "lib/report.h"

#define KILL_BOUND_MS 10000

/* Tasks that are held, in the order in which they were found; and by tid, where they are, counted from 1. */
struct held {
	struct remote *remote;
	int n;
	int *place;
};

static struct remote *find(const struct held *held, pid_t tid)
{
	return held->place[tid] ? &held->remote[held->place[tid] - 1] : NULL;
}

/* Why a task cannot be held: most often because somebody else traces it. */
static int fail(const struct task *t)
{
	int error = errno;
	char *status = procfs_text(t->pid[0], "status");
	const char *tracer = status ? procfs_value(status, "TracerPid") : NULL;

	if (tracer && atoi(tracer) == getpid() && error == ETIMEDOUT)
		report(0, "hold pid %d (%s): it does not stop, as in vfork() it does not before its child has called exec()",
		       t->pid[0], t->name);
	else if (tracer && atoi(tracer) && atoi(tracer) != getpid())
		report(0, "hold pid %d (%s): it is traced by pid %d", t->pid[0], t->name, atoi(tracer));
	else
		report(error, "hold pid %d (%s)", t->pid[0], t->name);
	free(status);
	return -1;
}

static int hold(struct held *held, const struct task *t)
{
	struct remote *larger = realloc(held->remote, (held->n + 1) * sizeof(*larger));
	struct remote *r;

	if (!larger)
		return fail(t);
	held->remote = larger;
	r = &larger[held->n];
	if (t->state == 'Z') {
		*r = (struct remote){ .tid = t->pid[0], .mem = -1 };
	} else if (remote_hold(r, t->pid[0], false)) {
		int error = errno;
		struct task now;

		/* It may have ended since it was seen: then the next look does not find it, or as a zombie. */
		if (error == ESRCH || (error == EPERM && (task_read(&now, t->pid[0]) || now.state == 'Z')))
			return 0;
		errno = error;
		return fail(t);
	}
	held->place[t->pid[0]] = ++held->n;
	return 0;
}

/* What cannot be held is found before anything is: this program is in the tree, or the kernel itself. */
static int check_whom(const struct tree *tree)
{
	for (int i = 0; i < tree->n; i++) {
		const struct task *t = &tree->task[i];

		if (t->pid[0] == getpid())
			report(0, "hold the tree below pid %d (%s): this very program, pid %d, is in it",
			       tree->task[0].pid[0], tree->task[0].name, t->pid[0]);
		else if (t->kthread)
			report(0, "hold pid %d (%s): it is a thread of the kernel", t->pid[0], t->name);
		else
			continue;
		return -1;
	}
	return 0;
}

/* Hold what this look at the tree shows for the first time; 1: there was something. */
static int hold_new(struct held *held, const struct tree *tree)
{
	int found = 0;

	for (int i = 0; i < tree->n; i++) {
		if (find(held, tree->task[i].pid[0]))
			continue;
		found = 1;
		if (hold(held, &tree->task[i]))
			return -1;
	}
	return found;
}

/* The held tasks in the tree's order; and which of a process's threads each is.  A thread stands below its leader. */
static int sort(const struct held *held, const struct tree *tree, struct remote **remote)
{
	*remote = calloc(tree->n, sizeof(**remote));
	if (!*remote) {
		report(ENOMEM, "hold the tree");
		return -1;
	}
	for (int i = 0; i < tree->n; i++)
		(*remote)[i] = *find(held, tree->task[i].pid[0]);
	for (int i = 0; i < tree->n; i++)
		if (tree->task[i].pid[0] != tree->task[i].tgid && tree->task[i].parent >= 0)
			(*remote)[i].number = ++(*remote)[tree->task[i].parent].number;
	return 0;
}

static void release_all(struct held *held)
{
	for (int i = 0; i < held->n; i++)
		if (held->remote[i].mem >= 0)
			remote_release(&held->remote[i]);
}

int hold_tree(struct tree *tree, struct remote **remote, pid_t root)
{
	struct held held = { .place = calloc(PID_LIMIT, sizeof(*held.place)) };
	int found;

	*remote = NULL;
	if (!held.place) {
		report(ENOMEM, "hold the tree");
		return -1;
	}
	do {
		if (tree_read(tree, root, true)) {
			report(errno, "read the tree below pid %d", root);
			found = -1;
			break;
		}
		found = check_whom(tree) ? -1 : hold_new(&held, tree);
		if (found)
			tree_free(tree);
	} while (found > 0);
	if (!found)
		found = sort(&held, tree, remote);
	if (found) {
		release_all(&held);
		tree_free(tree);
	}
	free(held.remote);
	free(held.place);
	return found;
}

/* Take what was mapped into the processes away again; last to first, as threads stand behind their leader. */
static void give_back(const struct tree *tree, struct remote *remote)
{
	for (int i = tree->n - 1; i >= 0; i--) {
		struct remote *r = &remote[i];

		if (r->mem < 0)
			continue;
		if (r->scratch && tree->task[i].pid[0] == tree->task[i].tgid && remote_unmap_pages(r))
			report(errno, "unmap what pid %d was lent", r->tid);
		if (remote_rest(r))
			report(errno, "bring pid %d to rest", r->tid);
	}
}

void hold_release(const struct tree *tree, struct remote *remote)
{
	give_back(tree, remote);
	for (int i = tree->n - 1; i >= 0; i--)
		if (remote[i].mem >= 0 && remote_release(&remote[i]))
			report(errno, "let pid %d go on", remote[i].tid);
}

/* Has it ended?  Who traces a task hears of that before its parent does. */
static bool has_ended(pid_t tid)
{
	int status;
	pid_t got = waitpid(tid, &status, __WALL | WNOHANG);

	return got == tid ? !WIFSTOPPED(status) : got < 0 && errno == ECHILD;
}

int wait_for_ends(const pid_t *tid, int n)
{
	bool *ended = calloc(n + 1, sizeof(*ended));
	long deadline = now_ms() + KILL_BOUND_MS;
	int left = n, last = 0;

	while (ended && left && now_ms() < deadline) {
		for (int i = 0; i < n; i++) {
			if (ended[i] || !has_ended(tid[i])) {
				last = ended[i] ? last : i;
				continue;
			}
			ended[i] = true;
			left--;
		}
		if (left)
			sleep_ms(1);
	}
	if (!ended || left)
		report(ended ? ETIMEDOUT : ENOMEM, "wait for pid %d to end", tid[last]);
	free(ended);
	return left ? -1 : 0;
}

/*
 * The first task's parent reaps it, sooner or later: until then its pid is taken.  What is asked for is this task, and
 * not whoever has its pid next.
 */
static void wait_until_free(pid_t pid, int pidfd)
{
	long deadline = now_ms() + KILL_BOUND_MS;

	while (pidfd >= 0 && !syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0)) {
		if (now_ms() > deadline) {
			report(0, "pid %d has been recorded and killed, but its parent does not reap it", pid);
			break;
		}
		sleep_ms(1);
	}
}

int hold_kill(const struct tree *tree, struct remote *remote)
{
	pid_t *tid = calloc(tree->n + 1, sizeof(*tid));
	int pidfd = syscall(SYS_pidfd_open, remote[0].tid, 0), n = 0, ret = -1;

	/* The first task first: if it is an init, the kernel kills all that is in its namespace. */
	for (int i = 0; i < tree->n; i++) {
		if (tree->task[i].pid[0] == tree->task[i].tgid && kill(remote[i].tid, SIGKILL) && errno != ESRCH) {
			report(errno, "kill pid %d", remote[i].tid);
			goto out;
		}
	}
	for (int i = 0; i < tree->n; i++) {
		if (remote[i].mem < 0)
			continue;
		remote_forget(&remote[i]);
		if (tid)
			tid[n++] = remote[i].tid;
	}
	if (!tid || wait_for_ends(tid, n))
		goto out;
	wait_until_free(remote[0].tid, pidfd);
	ret = 0;
out:
	if (pidfd >= 0)
		close(pidfd);
	free(tid);
	return ret;
}
