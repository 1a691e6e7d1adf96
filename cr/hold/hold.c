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
#include "lib/grow.h"
#include "lib/procfs.h"
#include "lib/report.h"
#include "lib/wait.h"

#define KILL_BOUND_MS 10000

/* The held tasks, in the order in which they were found, and an index by tid, whose entries are counted from 1. */
struct caught {
	struct remote *remote;
	int n;
	int *place;
};

static struct remote *find(const struct caught *caught, pid_t tid)
{
	return caught->place[tid] ? &caught->remote[caught->place[tid] - 1] : NULL;
}

/* Report why a task cannot be held: most often because somebody else traces it. */
static int fail(const struct task *t)
{
	int error = errno;
	char *status = procfs_text(t->pid[0], "status");
	const char *tracer = status ? procfs_value(status, "TracerPid") : NULL;

	if (tracer && atoi(tracer) == getpid() && error == ETIMEDOUT)
		report(0, "hold pid %d (%s): it does not stop; after vfork() it cannot until its child calls exec()",
		       t->pid[0], t->name);
	else if (tracer && atoi(tracer) && atoi(tracer) != getpid())
		report(0, "hold pid %d (%s): it is traced by pid %d", t->pid[0], t->name, atoi(tracer));
	else
		report(error, "hold pid %d (%s)", t->pid[0], t->name);
	free(status);
	return -1;
}

static int hold(struct caught *caught, const struct task *t)
{
	struct remote *r, *larger = grow(caught->remote, caught->n, sizeof(*larger));

	if (!larger)
		return fail(t);
	caught->remote = larger;
	r = &larger[caught->n];
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
	caught->place[t->pid[0]] = ++caught->n;
	return 0;
}

/* Before holding anything, refuse a tree that contains this program or a kernel thread. */
static int check_whom(const struct tree *tree)
{
	for (int i = 0; i < tree->n; i++) {
		const struct task *t = &tree->task[i];

		if (t->pid[0] == getpid())
			report(0, "hold the tree below pid %d (%s): this program, pid %d, is in it",
			       tree->task[0].pid[0], tree->task[0].name, t->pid[0]);
		else if (t->kthread)
			report(0, "hold pid %d (%s): it is a kernel thread", t->pid[0], t->name);
		else
			continue;
		return -1;
	}
	return 0;
}

/* Hold the tasks that this look at the tree shows for the first time.  Returns 1 if there were any. */
static int hold_new(struct caught *caught, const struct tree *look)
{
	int new = 0;

	for (int i = 0; i < look->n; i++) {
		if (find(caught, look->task[i].pid[0]))
			continue;
		new = 1;
		if (hold(caught, &look->task[i]))
			return -1;
	}
	return new;
}

/* List the held tasks in the order of the last look, and number the threads of each process. */
static int fill(struct held_tree *tree, const struct caught *caught, const struct tree *look)
{
	tree->held = calloc(look->n, sizeof(*tree->held));
	if (!tree->held) {
		report(ENOMEM, "hold the tree");
		return -1;
	}
	tree->n = look->n;
	for (int i = 0; i < look->n; i++) {
		const struct task *t = &look->task[i];
		struct held *h = &tree->held[i];

		*h = (struct held){ .task = *t, .index = i, .remote = *find(caught, t->pid[0]) };
		if (!task_is_leader(t) && t->parent >= 0)
			h->remote.number = ++tree->held[t->parent].remote.number;
	}
	return 0;
}

static void release_all(struct caught *caught)
{
	for (int i = 0; i < caught->n; i++)
		if (caught->remote[i].mem >= 0)
			remote_release(&caught->remote[i]);
}

int hold_tree(struct held_tree *tree, pid_t root)
{
	struct caught caught = { .place = calloc(PID_LIMIT, sizeof(*caught.place)) };
	struct tree look = { 0 };
	int ret = 1;

	*tree = (struct held_tree){ 0 };
	if (!caught.place) {
		report(ENOMEM, "hold the tree");
		return -1;
	}
	while (ret > 0) {
		tree_free(&look);
		if (tree_read(&look, root, true)) {
			report(errno, "read the tree below pid %d", root);
			ret = -1;
		} else {
			ret = check_whom(&look) ? -1 : hold_new(&caught, &look);
		}
	}
	if (!ret)
		ret = fill(tree, &caught, &look);
	if (ret)
		release_all(&caught);
	tree_free(&look);
	free(caught.remote);
	free(caught.place);
	return ret;
}

/* Unmap our pages from the processes; last to first, because threads come after their leader. */
static void give_back(struct held_tree *tree)
{
	for (int i = tree->n - 1; i >= 0; i--) {
		struct remote *r = &tree->held[i].remote;

		if (r->mem < 0)
			continue;
		if (r->scratch && task_is_leader(&tree->held[i].task) && remote_unmap_pages(r))
			report(errno, "unmap what pid %d was lent", r->tid);
		if (remote_rest(r))
			report(errno, "bring pid %d to rest", r->tid);
	}
}

void hold_release(struct held_tree *tree)
{
	give_back(tree);
	for (int i = tree->n - 1; i >= 0; i--) {
		struct remote *r = &tree->held[i].remote;

		if (r->mem >= 0 && remote_release(r))
			report(errno, "let pid %d go on", r->tid);
	}
}

/* Has it ended?  The tracer of a task learns of that before the parent does. */
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
		int before = left;

		for (int i = 0; i < n; i++) {
			if (ended[i] || !has_ended(tid[i])) {
				last = ended[i] ? last : i;
				continue;
			}
			ended[i] = true;
			left--;
		}
		/* Until one of them ends, or remote_begin()'s timer ticks. */
		if (left == before && waitid(P_ALL, 0, &(siginfo_t){ 0 }, WEXITED | WNOWAIT | __WALL))
			sleep_ms(1);
	}
	if (!ended || left)
		report(ended ? ETIMEDOUT : ENOMEM, "wait for pid %d to end", tid[last]);
	free(ended);
	return left ? -1 : 0;
}

/*
 * Wait until the first task's parent has reaped it; until then its pid is taken.  The pidfd refers to this task, and
 * not to the next one with its pid.
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

int hold_kill(struct held_tree *tree)
{
	pid_t *tid = calloc(tree->n + 1, sizeof(*tid)), first = tree->held[0].remote.tid;
	int pidfd = syscall(SYS_pidfd_open, first, 0), n = 0, ret = -1;

	/* The first task first: if it is an init, the kernel kills all that is in its namespace. */
	for (int i = 0; i < tree->n; i++) {
		const struct task *t = &tree->held[i].task;

		if (task_is_leader(t) && kill(t->pid[0], SIGKILL) && errno != ESRCH) {
			report(errno, "kill pid %d", t->pid[0]);
			goto out;
		}
	}
	for (int i = 0; i < tree->n; i++) {
		struct remote *r = &tree->held[i].remote;

		if (r->mem < 0)
			continue;
		remote_forget(r);
		if (tid)
			tid[n++] = r->tid;
	}
	if (!tid || wait_for_ends(tid, n))
		goto out;
	wait_until_free(first, pidfd);
	ret = 0;
out:
	if (pidfd >= 0)
		close(pidfd);
	free(tid);
	return ret;
}
