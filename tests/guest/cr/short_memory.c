// SPDX-License-Identifier: GPL-2.0
/*
 * Memory runs short while a tree is recorded or restarted.  The tools give up with a message, the kernel need not kill
 * anybody, and the tree continues unchanged.  The files here are in memory.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "calls.h"
#include "lib/free_memory.h"
#include "tool.h"

#define PAGE	4096
#define IMAGE	"/tmp/short_memory.image"	/* /mnt is too small a file system for them */
#define MIB	(1UL << 20)
#define HOGS	8

static unsigned char pattern(size_t at)
{
	return at / PAGE % 251 + 1;
}

/* Nothing of the tests' is open in the tree. */
static void use_null(void)
{
	int null = open("/dev/null", O_RDWR);

	for (int fd = 0; fd <= 2; fd++)
		if (dup2(null, fd) != fd)
			broken("use /dev/null");
}

/* A tree of one process that has so many bytes, and ends by SIGUSR1, with status 0 if they are what they were. */
static pid_t own(size_t size)
{
	int fds[2];
	pid_t pid;
	char c;

	if (pipe(fds))
		broken("pipe");
	pid = plain_clone(0);
	if (!pid) {
		unsigned char *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		sigset_t set;
		int sig;

		if (p == MAP_FAILED)
			broken("map %zu bytes", size);
		use_null();
		for (size_t at = 0; at < size; at += PAGE)
			memset(p + at, pattern(at), PAGE);
		sigemptyset(&set);
		sigaddset(&set, SIGUSR1);
		sigprocmask(SIG_BLOCK, &set, NULL);
		if (write(fds[1], "", 1) != 1 || syscall(SYS_close_range, 3, ~0U, 0))
			broken("tell that the memory is there");
		while (sigwait(&set, &sig))
			;
		for (size_t at = 0; at < size; at++)
			if (p[at] != pattern(at))
				_exit(1);
		_exit(0);
	}
	close(fds[1]);
	if (read(fds[0], &c, 1) != 1 || read(fds[0], &c, 1))
		fail("the process with the memory did not say that it is ready");
	close(fds[0]);
	return pid;
}

/* Its memory is what it was; it ends. */
static void must_be_right(pid_t pid)
{
	if (kill(pid, SIGUSR1))
		fail("pid %d is gone", pid);
	wait_ok(pid, "the process with the memory");
}

/* How often the kernel says in its log that it has ended somebody for want of memory. */
static long kills(void)
{
	static char log[1 << 18];
	int n = klogctl(3, log, sizeof(log) - 1);	/* SYSLOG_ACTION_READ_ALL */
	long found = 0;

	if (n < 0)
		broken("read the kernel's log");
	log[n] = 0;
	for (const char *p = log; (p = strstr(p, "Out of memory: Killed")); p++)
		found++;
	return found;
}

/* Two times six tenths of what is free do not fit. */
static void refuse(const char *option)
{
	long before = kills();
	const struct said *s;
	struct tasks tasks;
	pid_t pid;

	use_tools();
	pid = own(memory_available() * 6 / 10 / PAGE * PAGE);
	list_tasks(&tasks);
	s = complained(TOOL("checkpoint", option, "-o", IMAGE, number(pid)), 1, strerror(ENOMEM));
	if (strchr(s->err, '\n') != s->err + strlen(s->err) - 1)
		fail("not one line: `%s'", s->err);
	if (!access(IMAGE, F_OK))
		fail("there is an image of a tree that was refused");
	same_tasks(&tasks, "a checkpoint that was refused");
	expect(kills(), before, "tasks that the kernel has ended for want of memory");
	must_be_right(pid);
}

static void checkpoint_refused(void)
{
	refuse("--output=" IMAGE);
}

static void leave_running_refused(void)
{
	refuse("--leave-running");
}

/* Gigabytes that are mapped and not there cost nothing. */
static void sparse(void)
{
	pid_t pid;
	int fds[2];
	char c;

	use_tools();
	if (pipe(fds))
		broken("pipe");
	pid = plain_clone(0);
	if (!pid) {
		if (mmap(NULL, 1024 * MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) ==
		    MAP_FAILED)
			broken("map a gigabyte");
		use_null();
		if (write(fds[1], "", 1) != 1 || syscall(SYS_close_range, 3, ~0U, 0))
			broken("tell that it is there");
		for (;;)
			pause();
	}
	close(fds[1]);
	if (read(fds[0], &c, 1) != 1 || read(fds[0], &c, 1))
		fail("the process with the mapping did not say that it is ready");
	succeeded(TOOL("checkpoint", "-o", IMAGE, number(pid)));
	expect(said_number(succeeded(TOOL("restart", "-i", IMAGE))), pid, "the restarted pid");
	if (kill(pid, SIGKILL))
		broken("end the tree");
	unlink(IMAGE);
}

/* A tree comes back only if its memory is there; when others have taken it, nothing of the tree is left, and later it comes. */
static void restart_refused(void)
{
	size_t size = 6 * MIB;
	struct tasks tasks;
	long before;
	pid_t pid, hog[HOGS];
	int hogs = 0;

	use_tools();
	before = kills();
	pid = own(size);
	succeeded(TOOL("checkpoint", "-o", IMAGE, number(pid)));
	/* What the first takes is not all: pages that CPUs kept for themselves come back. */
	while (hogs < HOGS && memory_available() > 5 * MIB)
		hog[hogs++] = own((memory_available() - 4 * MIB) / PAGE * PAGE);
	list_tasks(&tasks);
	complained(TOOL("restart", "-i", IMAGE), 1, strerror(ENOMEM));
	same_tasks(&tasks, "a restart that was refused");
	expect(kills(), before, "tasks that the kernel has ended for want of memory");
	while (hogs)
		must_be_right(hog[--hogs]);
	expect(said_number(succeeded(TOOL("restart", "-i", IMAGE))), pid, "the restarted pid");
	must_be_right(pid);
	unlink(IMAGE);
}

/* Both tools are what the kernel would end first; what they restart is not. */
static void rank(void)
{
	char path[40], buf[32];
	pid_t pid;

	use_tools();
	pid = own(PAGE);
	succeeded(TOOL("checkpoint", "-o", IMAGE, number(pid)));
	expect(said_number(succeeded(TOOL("restart", "-i", IMAGE))), pid, "the restarted pid");
	snprintf(path, sizeof(path), "/proc/%d/oom_score_adj", pid);
	read_file(path, buf, sizeof(buf));
	expect(atoi(buf), 0, "oom_score_adj of a restarted task");
	must_be_right(pid);
	unlink(IMAGE);
}

static const struct function_row functions[] = {
	{ "a checkpoint that does not fit", checkpoint_refused },
	{ "a checkpoint with --leave-running that does not fit", leave_running_refused },
	{ "a gigabyte that is mapped and not there", sparse },
	{ "a restart that does not fit", restart_refused },
	{ "a restarted task is no more likely to be ended than before", rank },
};

static const struct group short_memory_groups[] = { FUNCTIONS(functions) };

SUITE(short_memory);
