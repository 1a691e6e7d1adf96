// SPDX-License-Identifier: GPL-2.0
/*
 * For a kernel without clone_with_pids(): the call is ENOSYS whatever it is given, and what else creates processes
 * works.  Run as PID 1's program, which passes on what is said on descriptor 3.
 */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <asm/unistd.h>
#include <sys/wait.h>

#include "lib/clone_with_pids.h"
#include "lib/report.h"
#include "lib/wait.h"

#define VERDICT_FD 3
#define CHILD_STATUS 7
#define UNPRIVILEGED 1000

/* One line in one piece: PID 1 keeps the last piece that it reads, and says it if this program fails. */
static void say(const char *format, va_list ap)
{
	char line[256];
	int length = vsnprintf(line, sizeof(line) - 1, format, ap);

	if (length > (int)sizeof(line) - 2)
		length = sizeof(line) - 2;
	line[length++] = '\n';
	if (write(VERDICT_FD, line, length) != length)
		die("write to descriptor %d", VERDICT_FD);
}

static void fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

static void fail(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say(format, ap);
	va_end(ap);
	exit(EXIT_FAILED);
}

static pid_t free_pid[] = { 4000 }, taken_pid[] = { 1 }, negative_pid[] = { -1 };
static struct clone_with_pids_args no_pids, one_pid = { .nr_pids = 1 }, many_pids = { .nr_pids = 0xc0000400 };
static struct clone_with_pids_args reserved = { .reserved0 = 1 };

static const struct {
	const char *what;
	unsigned long flags;
	const void *args;
	long size;
	const void *pids;
} calls[] = {
	{ "every register 0",       0,       NULL,       0,                NULL },
	{ "no pids",                SIGCHLD, &no_pids,   sizeof(no_pids),  NULL },
	{ "a free pid",             SIGCHLD, &one_pid,   sizeof(one_pid),  free_pid },
	{ "a taken pid",            SIGCHLD, &one_pid,   sizeof(one_pid),  taken_pid },
	{ "a negative pid",         SIGCHLD, &one_pid,   sizeof(one_pid),  negative_pid },
	{ "unreadable pids",        SIGCHLD, &one_pid,   sizeof(one_pid),  (void *)-4096 },
	{ "unreadable arguments",   SIGCHLD, (void *)8,  sizeof(no_pids),  NULL },
	{ "a size of -1",           SIGCHLD, &no_pids,   -1,               NULL },
	{ "a reserved field",       SIGCHLD, &reserved,  sizeof(reserved), NULL },
	{ "0xc0000400 pids",        SIGCHLD, &many_pids, sizeof(many_pids), free_pid },
};

#define N_CALLS (sizeof(calls) / sizeof(*calls))

/* A child that the call creates after all says nothing: the parent reports it. */
static void check_calls(const char *who)
{
	for (size_t i = 0; i < N_CALLS; i++) {
		long ret = clone_with_pids_raw(calls[i].flags, calls[i].args, calls[i].size, NULL, calls[i].pids);

		if (!ret)
			_exit(EXIT_OK);
		if (ret != -ENOSYS)
			fail("clone_with_pids() with %s, %s: %ld (%s), not ENOSYS", calls[i].what, who, ret,
			     ret < 0 ? strerror(-ret) : "a child");
	}
}

static void check_neighbours(void)
{
	static const long numbers[] = { __NR_clone_with_pids - 1, __NR_clone_with_pids + 1 };

	for (int i = 0; i < 2; i++)
		if (system_call(numbers[i], 0, 0, 0, 0, 0) != -ENOSYS)
			fail("system call %ld is not ENOSYS", numbers[i]);
}

static void expect_exit(const char *what, pid_t pid, int expected)
{
	char words[128];
	int status;

	if (pid < 0)
		fail("%s: %s", what, strerror(errno));
	if (wait_bounded(pid, &status, 0, 10000))
		fail("wait for the child of %s: %s", what, strerror(errno));
	if (!WIFEXITED(status) || WEXITSTATUS(status) != expected)
		fail("the child of %s: %s", what, status_words(status, words, sizeof(words)));
}

static pid_t forked(unsigned int flags, const pid_t *pids, unsigned int nr)
{
	(void)flags, (void)pids, (void)nr;
	return fork();
}

static const struct {
	const char *what;
	pid_t (*create)(unsigned int flags, const pid_t *pids, unsigned int nr);
	const pid_t *pids;
	int error;		/* that must be the answer, or 0 */
} others[] = {
	{ "fork()",                        forked,             NULL,      0 },
	{ "clone()",                       clone_without_pids, NULL,      0 },
	{ "clone3()",                      clone3_with_pids,   NULL,      0 },
	{ "clone3(set_tid) of a free pid", clone3_with_pids,   free_pid,  0 },
	{ "clone3(set_tid) of a taken pid", clone3_with_pids,  taken_pid, EEXIST },
};

static void check_others(void)
{
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		pid_t pid = others[i].create(0, others[i].pids, others[i].pids ? 1 : 0);

		if (!pid)
			_exit(CHILD_STATUS);
		if (!others[i].error)
			expect_exit(others[i].what, pid, CHILD_STATUS);
		else if (pid >= 0 || errno != others[i].error)
			fail("%s: %d (%s)", others[i].what, pid, pid < 0 ? strerror(errno) : "a child");
		if (pid > 0 && others[i].pids && pid != others[i].pids[0])
			fail("%s: the child is %d", others[i].what, pid);
	}
}

/* The call must not say EPERM to somebody who may not. */
static void check_unprivileged(void)
{
	pid_t pid = fork();

	if (!pid) {
		if (setgid(UNPRIVILEGED) || setuid(UNPRIVILEGED))
			fail("drop privileges: %s", strerror(errno));
		check_calls("unprivileged");
		_exit(CHILD_STATUS);
	}
	expect_exit("fork()", pid, CHILD_STATUS);
}

int main(void)
{
	report_program("without");
	check_calls("as root");
	check_neighbours();
	check_others();
	check_unprivileged();
	if (waitpid(-1, NULL, WNOHANG) != -1 || errno != ECHILD)
		fail("a child is left that nobody asked for");
	dprintf(VERDICT_FD, "without: %zu calls were ENOSYS, twice\n", N_CALLS);
	return EXIT_OK;
}
