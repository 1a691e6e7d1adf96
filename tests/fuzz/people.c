// SPDX-License-Identifier: GPL-2.0
/* The processes besides the workers: wardens of the shared levels, the inits above a worker, and its keeper. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <linux/sched.h>

#include "fuzz.h"
#include "lib/wait.h"

#define NS_LAST_PID "/proc/sys/kernel/ns_last_pid"
#define COUNTER_LOW "300\n"	/* where the kernel's choice starts again at shared levels */
#define BIRTHS_MAX  6000	/* and after so many calls it has to; what else is born is little */
#define RESET_LIMIT_MS 300000

/* Where each worker's keeper is. */
static const struct {
	bool in_arena;
	int private_levels;
} homes[WORKERS] = {
	{ false, 0 }, { false, 1 }, { true, 0 }, { true, 1 }, { true, 2 }, { false, MAX_LEVEL },
};

int shared_levels_of(int worker)
{
	return homes[worker].in_arena ? 2 : 1;
}

static pid_t clone_process(unsigned long flags)
{
	pid_t pid = syscall(SYS_clone, flags | SIGCHLD, NULL, NULL, NULL, NULL);

	if (pid < 0)
		stop_errno("clone");
	return pid;
}

/* Each byte read is a wish to have the counter of the warden's level set back; the end of the file is the end. */
static __attribute__((noreturn)) void warden(int level, int wishes)
{
	int fd = open(NS_LAST_PID, O_WRONLY | O_CLOEXEC);
	char byte;

	if (fd < 0)
		stop_errno("open %s", NS_LAST_PID);
	do {
		/* At position 0: what is written to a sysctl behind it is ignored. */
		if (pwrite(fd, COUNTER_LOW, strlen(COUNTER_LOW), 0) != (ssize_t)strlen(COUNTER_LOW))
			stop_errno("write %s", NS_LAST_PID);
		__atomic_store_n(&shared->births[level], 0, __ATOMIC_SEQ_CST);
	} while (read(wishes, &byte, 1) == 1);
	_exit(0);
}

/* The arena's warden is also its init, and reaps nobody: nobody there loses a parent unless all is over. */
void start_wardens(void)
{
	for (int level = 0; level < SHARED_LEVELS; level++) {
		char path[40];
		int wishes[2];
		pid_t pid;

		if (pipe2(wishes, O_CLOEXEC) < 0)
			stop_errno("pipe");
		pid = clone_process(level ? CLONE_NEWPID : 0);
		if (!pid) {
			close(wishes[1]);
			warden(level, wishes[0]);
		}
		close(wishes[0]);
		shared->warden[level] = wishes[1];
		snprintf(path, sizeof(path), "/proc/%d/ns/pid", pid);
		shared->arena_ns = open(path, O_RDONLY | O_CLOEXEC);
		if (shared->arena_ns < 0)
			stop_errno("open %s", path);
	}
}

void count_births(int levels)
{
	for (int level = 0; level < levels && level < SHARED_LEVELS; level++) {
		long limit;

		if (__atomic_add_fetch(&shared->births[level], 1, __ATOMIC_SEQ_CST) < BIRTHS_MAX)
			continue;
		limit = now_ms() + RESET_LIMIT_MS;
		if (write(shared->warden[level], "", 1) != 1)
			stop_errno("tell the warden of level %d", level);
		while (__atomic_load_n(&shared->births[level], __ATOMIC_SEQ_CST) >= BIRTHS_MAX) {
			if (now_ms() > limit)
				stop("the counter of level %d is not set back", level);
			sched_yield();
		}
	}
}

static void wait_for(pid_t pid, const char *who)
{
	char words[64];
	int status;

	if (waitpid(pid, &status, __WALL) != pid)
		stop_errno("wait for %s", who);
	if (!status_ok(status))
		stop("%s: %s", who, status_words(status, words, sizeof(words)));
}

/*
 * The worker cannot reap a kid that was born with CLONE_PARENT: it is the keeper's.  The worker sends its pid, and
 * goes on when the keeper has reaped it and sent its status.
 */
static void serve(pid_t worker, int wishes, int answers)
{
	struct pollfd p[] = { { wishes, POLLIN, 0 }, { syscall(SYS_pidfd_open, worker, 0), POLLIN, 0 } };
	pid_t pid;
	int status;

	if (p[1].fd < 0)
		stop_errno("pidfd_open of the worker");
	for (;;) {
		if (poll(p, 2, -1) < 0)
			stop_errno("poll");
		if (!(p[0].revents & POLLIN))
			break;
		if (read(wishes, &pid, sizeof(pid)) != sizeof(pid))
			stop_errno("read which kid to reap");
		if (waitpid(pid, &status, __WALL) != pid)
			stop_errno("reap kid %d with CLONE_PARENT", pid);
		if (write(answers, &status, sizeof(status)) != sizeof(status))
			stop_errno("tell that kid %d is reaped", pid);
	}
	close(p[1].fd);
}

static void run_episode(int worker, int episode, int depth)
{
	struct rng r = rng_for(shared->seed, worker, ~episode);
	/* In every third episode the worker is the init of a namespace of its own. */
	bool is_init = depth < MAX_LEVEL && one_in(&r, 3);
	int wishes[2], answers[2];
	pid_t pid;

	if (pipe2(wishes, O_CLOEXEC) < 0 || pipe2(answers, O_CLOEXEC) < 0)
		stop_errno("pipe");
	count_births(shared_levels_of(worker));
	pid = clone_process(is_init ? CLONE_NEWPID : 0);
	if (!pid) {
		close(wishes[0]);
		close(answers[1]);
		be_worker(worker, episode, (const int[]){ wishes[1], answers[0] }, is_init);
		_exit(0);
	}
	close(wishes[1]);
	close(answers[0]);
	serve(pid, wishes[0], answers[1]);
	wait_for(pid, "a worker");
	close(wishes[0]);
	close(answers[1]);
	__atomic_fetch_add(&shared->episodes, 1, __ATOMIC_RELAXED);
}

static __attribute__((noreturn)) void keeper(int worker, int depth)
{
	int settled = shared->settled[worker].n;

	for (int episode = 0; shared->calls[worker] < shared->quota; episode++) {
		run_episode(worker, episode, depth);
		shared->settled[worker].n = settled;
	}
	_exit(0);
}

/* One level after the other; each init waits for the next. */
static __attribute__((noreturn)) void descend(int worker, int depth, int left)
{
	pid_t pid;

	settle(worker);
	if (!left)
		keeper(worker, depth);
	count_births(shared_levels_of(worker));
	pid = clone_process(CLONE_NEWPID);
	if (!pid)
		descend(worker, depth + 1, left - 1);
	wait_for(pid, "the init of a private level");
	_exit(0);
}

pid_t start_worker(int worker)
{
	pid_t pid;

	count_births(SHARED_LEVELS);
	pid = clone_process(0);
	if (pid)
		return pid;
	if (homes[worker].in_arena) {
		if (setns(shared->arena_ns, CLONE_NEWPID) < 0)
			stop_errno("setns to the arena");
		pid = clone_process(0);
		if (pid) {
			wait_for(pid, "a process in the arena");
			_exit(0);
		}
	}
	descend(worker, homes[worker].in_arena, homes[worker].private_levels);
}
