// SPDX-License-Identifier: GPL-2.0
/* Kill a tree (lib/kill.h) that is not our child: its parent may wait for it before we can. */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "harness.h"
#include "lib/kill.h"

struct row {
	const char *name;
	bool at_once;	/* it is gone when kill() returns */
};

static const struct row rows[] = {
	{ "another's child, gone before anybody can wait for it", true },
	{ "another's child, whose parent waits for it", false },
};

/* On one CPU; who is of the class SCHED_FIFO runs as soon as it can, and before us. */
static void run_on_first_cpu(bool first_of_all)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		fail("run on the first CPU: %s", strerror(errno));
	if (first_of_all && syscall(SYS_sched_setscheduler, 0, SCHED_FIFO, &(struct sched_param){ .sched_priority = 1 }))
		fail("become SCHED_FIFO: %s", strerror(errno));
}

/* The parent of the task that is killed, which says who it is. */
static void be_parent(int fd, bool at_once)
{
	pid_t pid;

	if (at_once)
		signal(SIGCHLD, SIG_IGN);	/* nobody has to wait for its children */
	if (fork()) {
		if (!at_once)
			wait(NULL);
		for (;;)
			pause();
	}
	run_on_first_cpu(at_once);
	pid = getpid();
	if (write(fd, &pid, sizeof(pid)) != sizeof(pid))
		fail("write to a pipe: %s", strerror(errno));
	for (;;)
		pause();
}

static void run_row(const void *row)
{
	const struct row *r = row;
	pid_t parent, victim;
	int fds[2];

	run_on_first_cpu(false);
	if (pipe(fds))
		fail("pipe: %s", strerror(errno));
	parent = fork();
	if (!parent)
		be_parent(fds[1], r->at_once);
	if (read(fds[0], &victim, sizeof(victim)) != sizeof(victim) || victim <= 0)
		fail("no task to kill");
	if (kill_tree(victim))
		fail("kill_tree() of pid %d failed", victim);
	if (!kill(victim, 0) || errno != ESRCH)
		fail("pid %d is still there", victim);
	kill(parent, SIGKILL);
	waitpid(parent, NULL, 0);
}

static const struct group killing_groups[] = { ROWS(rows, run_row) };

SUITE(killing);
