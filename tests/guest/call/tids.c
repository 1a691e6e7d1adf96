// SPDX-License-Identifier: GPL-2.0
/*
 * What the call stores, as clone() does: the tid for CLONE_PARENT_SETTID in the caller's memory, for
 * CLONE_CHILD_SETTID in the child's, and at parent_tid_ptr, too, the descriptor for CLONE_PIDFD.  (Threads,
 * and CLONE_CHILD_CLEARTID: the suite `threads'.)
 *
 * Every case but the last runs twice, with a list and without.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <linux/sched.h>

#include "nest.h"

#define P 21001

static unsigned int nr_pids;		/* 1 or 0: this run is with a list or without */
static const pid_t list[] = { P };

static long call(unsigned long flags, struct clone_with_pids_args *args)
{
	args->nr_pids = nr_pids;
	return clone_with_pids_raw(flags, args, sizeof(*args), NULL, list);
}

static void check_pid(long ret)
{
	expect_errno(ret, 0, "the call");
	if (nr_pids)
		expect(ret, P, "the pid returned");
}

static void parent_settid(void)
{
	pid_t told = -1;
	struct clone_with_pids_args args = { .parent_tid_ptr = (uintptr_t)&told };
	long ret = call(CLONE_PARENT_SETTID | SIGCHLD, &args);

	if (!ret)
		_exit(0);
	check_pid(ret);
	expect(told, ret, "what CLONE_PARENT_SETTID stored");
	wait_ok(ret, "the child");
}

static void child_settid(void)
{
	volatile pid_t told = -1;
	struct clone_with_pids_args args = { .child_tid_ptr = (uintptr_t)&told };
	long ret = call(CLONE_CHILD_SETTID | SIGCHLD, &args);

	if (!ret) {
		expect(told, getpid(), "what CLONE_CHILD_SETTID stored in the child");
		_exit(0);
	}
	check_pid(ret);
	expect(told, -1, "the caller's copy");
	wait_ok(ret, "the child");
}

static void pidfd_alone(void)
{
	int pidfd = -1;
	struct clone_with_pids_args args = { .parent_tid_ptr = (uintptr_t)&pidfd };
	long ret = call(CLONE_PIDFD | SIGCHLD, &args);
	struct pollfd p = { .events = POLLIN };
	siginfo_t info = { 0 };
	char path[40], buf[512], line[32];

	if (!ret)
		_exit(0);
	check_pid(ret);
	p.fd = pidfd;
	if (pidfd < 0 || poll(&p, 1, -1) != 1 || waitid(P_PIDFD, pidfd, &info, WEXITED | WNOWAIT) < 0)
		fail("nr_pids %u: %d, which CLONE_PIDFD stored, cannot be waited for: %s", nr_pids, pidfd,
		     strerror(errno));
	expect(info.si_pid, ret, "the process behind the descriptor");
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", pidfd);
	snprintf(line, sizeof(line), "Pid:\t%ld\n", ret);
	read_file(path, buf, sizeof(buf));
	if (!strstr(buf, line))
		fail("no `Pid: %ld' in %s", ret, path);
	wait_ok(ret, "the child");
	close(pidfd);
}

static void pidfd_and_settid(void)
{
	int word = -1;
	struct clone_with_pids_args args = { .parent_tid_ptr = (uintptr_t)&word };
	long ret = call(CLONE_PIDFD | CLONE_PARENT_SETTID | SIGCHLD, &args);

	if (!ret)
		_exit(0);
	expect_errno(ret, EINVAL, "CLONE_PIDFD and CLONE_PARENT_SETTID, which store at the same place");
	expect(word, -1, "what is stored there");
}

static int lowest_free_fd(void)
{
	int fd = dup(0);

	if (fd < 0)
		broken("dup");
	close(fd);
	return fd;
}

/* A descriptor that cannot be stored is found when the child already has its pid: it is given back. */
static void pidfd_to_nowhere(void)
{
	struct clone_with_pids_args args = { .parent_tid_ptr = 0xc0000000 };
	int lowest = lowest_free_fd();
	long ret = call(CLONE_PIDFD | SIGCHLD, &args);

	if (!ret)
		_exit(0);
	expect_errno(ret, EFAULT, "CLONE_PIDFD to the kernel's memory");
	granted(0, LIST(P));
	expect(lowest_free_fd(), lowest, "the lowest free descriptor");
}

/* How far the counter of the youngest level, 1, has moved between a child born before and one born after. */
static long moved(long (*late_failure)(void))
{
	struct nspid before, after;

	born_plain(&before);
	expect_errno(late_failure(), EFAULT, "CLONE_PIDFD to the kernel's memory");
	born_plain(&after);
	return after.pid[1] - before.pid[1];
}

static long fails_in_clone(void)
{
	long ret = syscall(SYS_clone, CLONE_PIDFD | SIGCHLD, 0, 0xc0000000, 0, 0);

	if (!ret)
		_exit(0);
	return ret < 0 ? -errno : ret;
}

static long fails_with_list(unsigned int nr, const pid_t *pids)
{
	struct clone_with_pids_args args = { .parent_tid_ptr = 0xc0000000, .nr_pids = nr };

	return try_registers(CLONE_PIDFD | SIGCHLD, &args, sizeof(args), NULL, pids);
}

static long fails_without_list(void)
{
	return fails_with_list(NO_LIST);
}

static long fails_with_0(void)
{
	return fails_with_list(LIST(0));
}

static long fails_with_0_at_both(void)
{
	return fails_with_list(LIST(0, 0));
}

static long fails_with_chosen(void)
{
	return fails_with_list(LIST(P));
}

static long fails_with_0_and_chosen(void)
{
	return fails_with_list(LIST(0, P));
}

/* The kernel's choice of a pid moves a counter even when clone() then fails, by that pid and no more. */
static void counters_after(void)
{
	long by_clone = moved(fails_in_clone);

	expect(moved(fails_without_list), by_clone, "without a list the counter moves by");
	expect(moved(fails_with_0), by_clone, "with a 0 the counter moves by");
	expect(moved(fails_with_0_at_both), by_clone, "with a 0 at both levels the counter moves by");
	expect(moved(fails_with_chosen), 1, "with a chosen pid the counter moves by");
	expect(moved(fails_with_0_and_chosen), 1, "with a chosen pid below a 0 the counter moves by");
}

static const struct level_row level_rows[] = {
	{ "a late failure moves the counter of a level with 0 as clone()'s does, of a chosen pid not", 1,
	  counters_after },
};

static const struct function_row functions[] = {
	{ "CLONE_PARENT_SETTID stores the chosen pid", parent_settid },
	{ "CLONE_CHILD_SETTID stores it in the child", child_settid },
	{ "CLONE_PIDFD alone stores a descriptor", pidfd_alone },
	{ "CLONE_PIDFD and CLONE_PARENT_SETTID are EINVAL", pidfd_and_settid },
	{ "CLONE_PIDFD to nowhere gives the pid back", pidfd_to_nowhere },
};

static void run_twice(const void *row)
{
	for (nr_pids = 0; nr_pids <= 1; nr_pids++)
		run_function(row);
}

static const struct group tids_groups[] = { ROWS(functions, run_twice), ROWS(level_rows, run_level_row) };

SUITE(tids);
