// SPDX-License-Identifier: GPL-2.0
/*
 * PID 1 reaps every orphan, however many there are at once and however they end; it cannot be killed from inside; and
 * the program that it runs starts with exactly what it should have.
 *
 * tests/host/boot.sh tests SIGINT, SIGTERM, SIGUSR1 and SIGUSR2, which ask PID 1 to end the machine, and SIGQUIT, which
 * asks it to end all other programs.
 */
#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "calls.h"
#include "lib/wait.h"
#include "tool.h"

#define ORPHANS  100
#define BOUND_MS 10000

/* Nobody can wait for another's child: look until the kernel knows no such task any more. */
static void wait_until_gone(pid_t pid)
{
	long deadline = now_ms() + BOUND_MS;

	while (!kill(pid, 0)) {
		if (now_ms() > deadline)
			fail("the orphan %d is in state %c after %d s", pid, task_state(pid), BOUND_MS / 1000);
		sched_yield();
	}
	if (errno != ESRCH)
		broken("look for %d", pid);
}

/* What an orphan does when its parent has ended and the word comes: an end of file. */
struct orphan {
	const char *name;
	unsigned long flags;		/* with the exit signal */
	void (*end)(void);
	bool at_once;			/* before its parent does: it is a zombie when it becomes an orphan */
};

static void exits(void)
{
	_exit(0);
}

static void fails(void)
{
	_exit(77);
}

static void is_killed(void)
{
	kill(getpid(), SIGKILL);
}

static void crashes(void)
{
	kill(getpid(), SIGSEGV);
}

static void execs(void)
{
	execl("/bin/true", "true", (char *)NULL);
}

static void leads_a_session(void)
{
	setsid();
	_exit(0);
}

static void has_children(void)
{
	plain_clone(0);		/* one each: with 32 MB the kernel allows some 200 tasks in all */
	_exit(0);
}

static const struct orphan orphans[] = {
	{ "100 orphans that exit", SIGCHLD, exits, false },
	{ "100 orphans that exit with a status", SIGCHLD, fails, false },
	{ "100 orphans that are killed", SIGCHLD, is_killed, false },
	{ "100 orphans that crash", SIGCHLD, crashes, false },
	{ "100 orphans that run a program", SIGCHLD, execs, false },
	{ "100 orphans with a session of their own", SIGCHLD, leads_a_session, false },
	{ "100 orphans that leave orphans", SIGCHLD, has_children, false },
	{ "100 orphans with another exit signal", SIGUSR1, exits, false },
	{ "100 orphans without an exit signal", 0, exits, false },
	{ "100 orphans that were zombies before", SIGCHLD, exits, true },
	{ "100 orphans that were zombies without an exit signal", 0, exits, true },
	{ "100 inits of pid namespaces", CLONE_NEWPID | SIGCHLD, exits, false },
};

static void orphan(const struct orphan *o, const int word[2])
{
	char c;

	close(word[1]);
	if (!o->at_once && read(word[0], &c, 1) != 0)
		fail("an orphan was told something");
	if (!o->at_once && getppid() != (o->flags & CLONE_NEWPID ? 0 : 1))
		fail("the parent of an orphan is %d", getppid());
	o->end();
	fail("an orphan did not end");
}

/* A parent that has one child, tells its pid and ends without having waited for it. */
static pid_t leave_orphan(const struct orphan *o, const int word[2])
{
	struct clone_with_pids_args args = { 0 };
	int tell[2];
	pid_t parent, pid;

	if (pipe(tell) < 0)
		broken("pipe");
	parent = plain_clone(0);
	if (!parent) {
		pid = clone_with_pids_raw(o->flags, &args, sizeof(args), NULL, NULL);
		if (!pid)
			orphan(o, word);
		if (pid < 0 || write(tell[1], &pid, sizeof(pid)) != sizeof(pid))
			fail("an orphan was not born");
		while (o->at_once && task_state(pid) != 'Z')
			sched_yield();
		_exit(0);
	}
	close(tell[1]);
	if (read(tell[0], &pid, sizeof(pid)) != sizeof(pid))
		fail("the parent of an orphan said nothing");
	close(tell[0]);
	wait_ok(parent, "the parent of an orphan");
	return pid;
}

static int files_of_pid_1(void)
{
	DIR *dir = opendir("/proc/1/fd");
	int n = 0;

	if (!dir)
		broken("open /proc/1/fd");
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static void children_of_pid_1(char *buf, size_t size)
{
	read_file("/proc/1/task/1/children", buf, size);
}

static void run_orphans(const void *row)
{
	static pid_t pids[ORPHANS];
	char before[512], after[512];
	int files = files_of_pid_1(), word[2];
	long deadline;

	if (pipe(word) < 0)
		broken("pipe");
	children_of_pid_1(before, sizeof(before));
	for (int i = 0; i < ORPHANS; i++)
		pids[i] = leave_orphan(row, word);
	close(word[1]);		/* all at once */
	for (int i = 0; i < ORPHANS; i++)
		wait_until_gone(pids[i]);
	deadline = now_ms() + BOUND_MS;
	do {	/* orphans that orphans have left */
		children_of_pid_1(after, sizeof(after));
		if (now_ms() > deadline)
			fail("the children of PID 1 were `%s', and are `%s'", before, after);
	} while (strcmp(before, after));
	expect(files_of_pid_1(), files, "files that PID 1 has open");
}

static const struct orphan one = { "", SIGCHLD, exits, false };

static void still_reaps(void)
{
	int word[2];
	pid_t pid;

	if (pipe(word) < 0)
		broken("pipe");
	pid = leave_orphan(&one, word);
	close(word[1]);
	wait_until_gone(pid);
	if (strchr("TtZX", task_state(1)))
		fail("PID 1 is in state %c", task_state(1));
}

static bool is_a_request(int sig)
{
	return sig == SIGINT || sig == SIGTERM || sig == SIGUSR1 || sig == SIGUSR2 ||
	       sig == SIGQUIT;
}

/* One after the other, in turn with orphans. */
static void signals(void)
{
	for (int sig = 1; sig <= 64; sig++) {
		union sigval value = { .sival_int = sig };

		if (is_a_request(sig))
			continue;
		if (kill(1, sig) < 0 || sigqueue(1, sig, value) < 0)
			broken("send signal %d to PID 1", sig);
		still_reaps();
	}
}

/* Many at once, and the one for ended children among them. */
static void flood(void)
{
	for (int i = 0; i < 2000; i++)
		kill(1, i % 2 ? SIGCHLD : SIGKILL);
	still_reaps();
}

static void from_a_container(void)
{
	pid_t pid = plain_clone(CLONE_NEWPID);

	if (!pid) {
		kill(1, SIGKILL);	/* the container's own */
		_exit(0);
	}
	wait_ok(pid, "the init of a container");
	still_reaps();
}

/* Stopped by a tracer and let go, it has missed nothing. */
static void traced(void)
{
	int word[2], status;
	pid_t pid;

	if (pipe(word) < 0)
		broken("pipe");
	pid = leave_orphan(&one, word);
	if (ptrace(PTRACE_SEIZE, 1, NULL, NULL) < 0 || ptrace(PTRACE_INTERRUPT, 1, NULL, NULL) < 0 ||
	    waitpid(1, &status, __WALL) != 1)
		broken("stop PID 1");
	close(word[1]);
	while (task_state(pid) != 'Z')
		sched_yield();
	if (ptrace(PTRACE_DETACH, 1, NULL, NULL) < 0)
		broken("PTRACE_DETACH");
	wait_until_gone(pid);
	still_reaps();
}

/* The numbers of the descriptors that a process has, "0 1 2 ...", and what is behind one. */
static void files_of(pid_t pid, bool *has, int n)
{
	char path[40];
	struct dirent *d;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	dir = opendir(path);
	if (!dir)
		broken("open %s", path);
	memset(has, 0, n);
	while ((d = readdir(dir)))
		if (*d->d_name != '.' && atoi(d->d_name) < n && atoi(d->d_name) != dirfd(dir))
			has[atoi(d->d_name)] = true;
	closedir(dir);
}

/*
 * PID 1 started the tests' session, and the tests are of its leader's process group: it is the runner, or a script that
 * has started the runner.
 */
static void only_from_pid_1(void)
{
	char path[40], buf[4096];

	snprintf(path, sizeof(path), "/proc/%d/status", getsid(0));
	read_file(path, buf, sizeof(buf));
	if (!strstr(buf, "\nPPid:\t1\n") || getpgid(0) != getsid(0))
		skip("the tests' session was not started by PID 1");
}

/*
 * The runner has what PID 1 gave it, and a case what the runner has, less descriptor 3, and in addition one pipe: so
 * that there are four descriptors, if PID 1 let nothing else slip.
 */
static void only_its_files(void)
{
	bool has[64];
	int n = 0;

	only_from_pid_1();
	files_of(getpid(), has, 64);
	for (int i = 0; i < 64; i++)
		n += has[i];
	expect(has[0] && has[1] && has[2], true, "standard input, output and error");
	expect(n, 4, "descriptors");
}

/* Descriptor 3 is a pipe of which PID 1 has the other end. */
static void results_pipe(void)
{
	char path[40], mine[64] = "", other[64];
	bool has[64];

	only_from_pid_1();
	snprintf(path, sizeof(path), "/proc/%d/fd/3", getppid());
	if (readlink(path, mine, sizeof(mine) - 1) < 0 || strncmp(mine, "pipe:", 5))
		fail("descriptor 3 of the tests is `%s'", mine);
	files_of(1, has, 64);
	for (int i = 0; i < 64; i++) {
		snprintf(path, sizeof(path), "/proc/1/fd/%d", i);
		memset(other, 0, sizeof(other));
		if (has[i] && readlink(path, other, sizeof(other) - 1) > 0 && !strcmp(mine, other))
			return;
	}
	fail("PID 1 does not have the other end of descriptor 3, %s", mine);
}

/* No signal is blocked; ignored is only what the runner ignores. */
static void no_signal_blocked(void)
{
	char buf[4096];

	read_file("/proc/self/status", buf, sizeof(buf));
	if (!strstr(buf, "\nSigBlk:\t0000000000000000\n"))
		fail("signals are blocked: %.30s", strstr(buf, "\nSigBlk:") + 1);
	if (!strstr(buf, "\nSigIgn:\t0000000000001000\n"))	/* SIGPIPE */
		fail("signals are ignored: %.30s", strstr(buf, "\nSigIgn:") + 1);
}

/* PID 1 and the consoles are the last that the kernel ends for want of memory; what they run is as good as any other. */
static void rank(void)
{
	char path[40], buf[64];
	struct tasks all;
	int consoles = 0;

	only_from_pid_1();
	read_file("/proc/1/oom_score_adj", buf, sizeof(buf));
	expect(atoi(buf), -1000, "oom_score_adj of PID 1");
	expect(getpriority(PRIO_PROCESS, 1), -20, "the nice value of PID 1");
	read_file("/proc/self/oom_score_adj", buf, sizeof(buf));
	expect(atoi(buf), 0, "oom_score_adj of its program");
	expect(getpriority(PRIO_PROCESS, 0), 0, "the nice value of its program");
	list_tasks(&all);
	for (int i = 0; i < all.n; i++) {
		snprintf(path, sizeof(path), "/proc/%d/comm", all.pid[i]);
		read_file(path, buf, sizeof(buf));
		if (strcmp(buf, "console\n"))
			continue;
		consoles++;
		snprintf(path, sizeof(path), "/proc/%d/oom_score_adj", all.pid[i]);
		read_file(path, buf, sizeof(buf));
		expect(atoi(buf), -1000, "oom_score_adj of the console's process");
	}
	expect(consoles, 1, "processes of the console");
}

static void a_terminal(void)
{
	only_from_pid_1();
	for (int fd = 0; fd <= 2; fd++)
		expect(isatty(fd), 1, "descriptor %d is a terminal", fd);
	expect(tcgetpgrp(0), getsid(0), "the terminal's process group");
}

static const struct function_row functions[] = {
	{ "signals from inside do not kill it", signals },
	{ "a flood of signals", flood },
	{ "a signal to PID 1 of a container", from_a_container },
	{ "stopped for a while", traced },
	{ "its program has no other files", only_its_files },
	{ "its program's descriptor 3", results_pipe },
	{ "its program has no signal blocked", no_signal_blocked },
	{ "its program has a terminal", a_terminal },
	{ "who is ended last", rank },
};

static const struct group init_groups[] = {
	ROWS(orphans, run_orphans),
	FUNCTIONS(functions),
};

ORPHANS_SUITE(init);
