// SPDX-License-Identifier: GPL-2.0
/*
 * Restore whole trees: n tasks over three levels.  The init of each namespace creates its tasks with chosen pids.
 *
 * There is one method more than for single calls: the older way, on which CRIU falls back where set_tid is missing.  It
 * writes the pid, less one, to /proc/sys/kernel/ns_last_pid before each fork.  That can choose the pid only in the
 * youngest namespace, and another fork in between spoils it.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

#include "bench.h"
#include "lib/clone_with_pids.h"
#include "lib/report.h"

#define LEVELS 3
#define FIRST_PID 1000

/* The largest tree is so large that what was there before it does not matter much. */
static const struct {
	int tasks, rounds;
} sizes[] = {
	{ 10, 20 }, { 100, 20 }, { 1000, 6 }, { 10000, 2 },
};

static int last_pid_fd = -1;

/* Before plain clone(): a new namespace's init is 1, and what it is in the others cannot be asked for. */
static void choose_last_pid(int number)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%d", number - 1);

	if (pwrite(last_pid_fd, text, len, 0) != len)
		die("write ns_last_pid");
}

/* A method of trees: how a task is created, and whether its pid is asked for beforehand. */
struct tree_method {
	const char *name;
	const struct method *method;
	bool last_pid;
	bool chosen;		/* in the youngest namespace, at least */
};

/* The same number at each level: a tree's tasks are told apart by it. */
static pid_t create(const struct tree_method *m, unsigned int flags, int nr, int number)
{
	pid_t pids[LEVELS + 1];
	struct call call;

	for (int i = 0; i < nr; i++)
		pids[i] = FIRST_PID + number;
	if (m->last_pid && !(flags & CLONE_NEWPID))
		choose_last_pid(FIRST_PID + number);
	m->method->prepare(&call, flags, pids, nr);
	return make_call(&call);
}

/* Tasks that do nothing, in the namespace of the caller. */
static void create_tasks(const struct tree_method *m, int level, int first, int n)
{
	for (int number = first; number < first + n; number++) {
		pid_t pid = create(m, 0, level + 1, number);

		if (!pid)
			for (;;)
				pause();
		if (pid < 0 || (m->chosen && pid != FIRST_PID + number))
			die("%s: task %d at level %d: pid %d", m->name, number, level, pid);
	}
}

/*
 * The init of each namespace: its share of the tasks, then the next namespace,
 * whose init goes on here.  The innermost says that all are there.
 */
static void populate(const struct tree_method *m, int tasks, int fd)
{
	int number = 1, share = tasks / LEVELS;

	for (int level = 1; level < LEVELS; level++) {
		pid_t pid;

		create_tasks(m, level, number, share);
		number += share;
		pid = create(m, CLONE_NEWPID, level + 1, number++);
		if (pid < 0)
			die("%s: the container at level %d: error %d", m->name, level + 1, -pid);
		/* If the next one ends, so does this, and the launcher sees the pipe's end. */
		if (pid) {
			waitpid(pid, NULL, 0);
			exit(EXIT_FAILED);
		}
	}
	create_tasks(m, LEVELS, number, tasks - 2 * share);
	if (write(fd, "", 1) != 1)
		die("say that the tree is complete");
	for (;;)
		pause();
}

/* Builds a tree and kills it again; returns the instructions per task of the building. */
static uint64_t one_tree(const struct tree_method *m, int tasks)
{
	uint64_t before, after;
	int fds[2];
	char byte;
	pid_t root;

	if (pipe(fds))
		die("pipe");
	fflush(stdout);
	before = instructions();
	root = create(m, CLONE_NEWPID, 1, 0);
	if (!root) {
		close(fds[0]);
		populate(m, tasks, fds[1]);
	}
	close(fds[1]);
	if (root < 0 || read(fds[0], &byte, 1) != 1)
		die("%s: a tree of %d tasks was not built", m->name, tasks);
	after = instructions();
	close(fds[0]);
	kill(root, SIGKILL);
	if (waitpid(root, NULL, 0) != root)
		die("wait for a tree of %d tasks to end", tasks);
	return (after - before) / tasks;
}

static const struct tree_method tree_methods[] = {
	{ "clone",           &methods[METHOD_CLONE],           false, false },
	{ "ns_last_pid",     &methods[METHOD_CLONE],           true,  true },
	{ "clone3(set_tid)", &methods[METHOD_CLONE3_SET_TID],  false, true },
	{ "clone_with_pids", &methods[METHOD_CLONE_WITH_PIDS], false, true },
};

#define N_TREE_METHODS ((int)(sizeof(tree_methods) / sizeof(*tree_methods)))
#define MAX_ROUNDS 20

/* As with single calls, the methods take turns, and every other round goes backwards. */
static void measure(int tasks, int rounds)
{
	static uint64_t count[N_TREE_METHODS][MAX_ROUNDS];
	char what[64];

	for (int round = 0; round < rounds; round++)
		for (int i = 0; i < N_TREE_METHODS; i++) {
			int m = round & 1 ? N_TREE_METHODS - 1 - i : i;

			count[m][round] = one_tree(&tree_methods[m], tasks);
		}
	for (int m = 0; m < N_TREE_METHODS; m++) {
		snprintf(what, sizeof(what), "%d tasks, %s", tasks, tree_methods[m].name);
		result("trees", what, count[m], rounds);
	}
}

void bench_trees(void)
{
	last_pid_fd = open("/proc/sys/kernel/ns_last_pid", O_WRONLY | O_CLOEXEC);
	if (last_pid_fd < 0)
		die("open ns_last_pid");
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		measure(sizes[i].tasks, sizes[i].rounds);
}
