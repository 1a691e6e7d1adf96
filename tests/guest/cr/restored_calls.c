// SPDX-License-Identifier: GPL-2.0
/*
 * System calls in which a task waits when it is recorded: they continue, or are restarted as the kernel does after a
 * signal without a handler.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "lib/report.h"
#include "roundtrip.h"

#define CALL(...) (syscall(__VA_ARGS__) < 0 ? -errno : 0)

static int data[2], full[2];
static volatile uint32_t *common;
enum { FUTEX = 900, DONE = 100, ENTERED = 0 };

static void on_signal(int sig)
{
	(void)sig;
}

static int in_pause(void)
{
	return CALL(SYS_pause);
}

/* With SIGUSR1 unblocked only while it waits. */
static int in_sigsuspend(void)
{
	unsigned long all[2] = { ~0UL, ~0UL }, but[2] = { ~(1UL << (SIGUSR1 - 1)), ~0UL }, is[2];
	int ret;

	MUST(!syscall(SYS_rt_sigprocmask, SIG_SETMASK, all, NULL, 8));
	ret = CALL(SYS_rt_sigsuspend, but, 8);
	MUST(!syscall(SYS_rt_sigprocmask, SIG_SETMASK, NULL, is, 8));
	MUST(is[0] == (all[0] & ~(1UL << (SIGKILL - 1) | 1UL << (SIGSTOP - 1))));
	return ret;
}

static int in_read(void)
{
	char byte = 0;

	return read(data[0], &byte, 1) == 1 && byte == 'r' ? 0 : -errno;
}

static int in_write(void)
{
	char byte = 'w';

	return write(full[1], &byte, 1) == 1 ? 0 : -errno;
}

static int in_poll(void)
{
	struct pollfd fd = { full[1], POLLOUT, 0 };

	return poll(&fd, 1, -1) == 1 && fd.revents == POLLOUT ? 0 : -errno;
}

static int in_wait4(void)
{
	int status;
	pid_t child = fork();

	if (!child) {
		await_restart();
		_exit(3);
	}
	return waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 3 ? 0 : -errno;
}

static int in_futex(void)
{
	return CALL(SYS_futex_time64, &common[FUTEX], FUTEX_WAIT, 0, NULL, NULL, 0);
}

static int in_open(void)
{
	int fd = open("fifo", O_RDONLY | O_CLOEXEC);

	return fd >= 0 ? 0 : -errno;
}

static const struct waiter {
	const char *name;
	int (*wait)(void);
	int result;
} waiters[] = {
	{ "pause()", in_pause, -EINTR },
	{ "rt_sigsuspend()", in_sigsuspend, -EINTR },
	{ "read() from a pipe", in_read, 0 },
	{ "write() to a pipe", in_write, 0 },
	{ "poll() of a pipe", in_poll, 0 },
	{ "wait4()", in_wait4, 0 },
	{ "futex()", in_futex, 0 },
	{ "open() of a fifo", in_open, 0 },
};

static void start_waiters(pid_t *pids)
{
	static char page[4096];

	MUST(!pipe(data) && !pipe(full) && !mkfifo("fifo", 0600));
	MUST(fcntl(full[1], F_SETPIPE_SZ, 4096) == 4096 && write(full[1], page, 4096) == 4096);
	signal(SIGUSR1, on_signal);
	for (size_t i = 0; i < ARRAY_SIZE(waiters); i++) {
		int ret;

		pids[i] = fork();
		if (pids[i])
			continue;
		common[ENTERED + i] = 1;
		ret = waiters[i].wait();
		if (ret != waiters[i].result)
			wrong("%s: it returned %d, not %d", waiters[i].name, ret, waiters[i].result);
		common[DONE + i] = 1;
		_exit(0);
	}
}

static void waiting(void)
{
	static char page[4096];
	pid_t pids[ARRAY_SIZE(waiters)];
	int fifo;

	unlink("fifo");
	common = share_words();
	start_waiters(pids);
	for (size_t i = 0; i < ARRAY_SIZE(waiters); i++)
		await_word(&common[ENTERED + i], 1);
	await_states("S");
	record_here();
	await_states("SZ");	/* wait4() has what it waits for, the restart */
	for (size_t i = 0; i < ARRAY_SIZE(waiters); i++)
		if (common[DONE + i] && waiters[i].wait != in_wait4)
			wrong("%s: it has ended too early", waiters[i].name);
	MUST(!kill(pids[0], SIGUSR1) && !kill(pids[1], SIGUSR1));
	MUST(write(data[1], "r", 1) == 1 && read(full[0], page, sizeof(page)) == sizeof(page));
	MUST(read(full[0], page, 1) == 1 && *page == 'w');	/* and there is room again */
	common[FUTEX] = 1;
	MUST(syscall(SYS_futex_time64, &common[FUTEX], FUTEX_WAKE, INT_MAX, NULL, NULL, 0) == 1);
	fifo = open("fifo", O_WRONLY | O_CLOEXEC);
	MUST(fifo >= 0);
	for (size_t i = 0; i < ARRAY_SIZE(waiters); i++)
		await_word(&common[DONE + i], 1);
}

static const struct subject_row subjects[] = {
	{ "calls that wait for somebody", waiting, EVERY_WAY },
};

static const struct group restored_calls_groups[] = { SUBJECTS(subjects) };
SUITE(restored_calls);
