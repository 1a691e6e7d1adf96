// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "wait.h"

const char *status_words(int status, char *buf, size_t size)
{
	if (WIFEXITED(status))
		snprintf(buf, size, "exit status %d", WEXITSTATUS(status));
	else if (WIFSIGNALED(status))
		snprintf(buf, size, "killed by signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
	else if (WIFSTOPPED(status))
		snprintf(buf, size, "stopped by signal %d (%s)", WSTOPSIG(status), strsignal(WSTOPSIG(status)));
	else
		snprintf(buf, size, "wait status 0x%x", status);
	return buf;
}

bool status_ok(int status)
{
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000L + t.tv_nsec / 1000000;
}

void sleep_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	while (nanosleep(&t, &t) && errno == EINTR)
		;
}

int wait_bounded(pid_t pid, int *status, int options, int timeout_ms)
{
	long deadline = now_ms() + timeout_ms;
	struct pollfd p = { .events = POLLIN };
	int n, saved;
	pid_t got;

	p.fd = syscall(SYS_pidfd_open, pid, 0);
	if (p.fd < 0)
		return -1;
	do {
		long left = deadline - now_ms();

		n = poll(&p, 1, left > 0 ? left : 0);
	} while (n < 0 && errno == EINTR);
	saved = errno;
	close(p.fd);
	errno = saved;
	if (n < 0)
		return -1;
	if (!n) {
		errno = ETIMEDOUT;
		return -1;
	}
	do
		got = waitpid(pid, status, options);
	while (got < 0 && errno == EINTR);
	return got == pid ? 0 : -1;
}
