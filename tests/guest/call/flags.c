// SPDX-License-Identifier: GPL-2.0
/*
 * The call treats flags as clone() does, with a chosen pid and without a list: what is shared and what is not, new
 * namespaces, the exit signal, CLONE_VFORK, CLONE_PARENT.  (The suite `tids' tests what it stores.)
 *
 * Every case runs twice, with a list and without.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <linux/kcmp.h>
#include <linux/sched.h>

#include "calls.h"
#include "parked.h"
#include "thread.h"

#define P 21001
#define MAX_SIGNAL 64

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

/* A child on a stack of its own that stays until it gets a byte. */
static char stack[STACK_SIZE] __attribute__((aligned(16)));

static int until_released(void *arg)
{
	char c;

	return read(*(int *)arg, &c, 1) == 1 ? 0 : 1;
}

static struct held stay(unsigned long flags)
{
	static int pipefd[2];
	struct clone_with_pids_args args = {
		.child_stack_base = (uintptr_t)stack,
		.child_stack_size = sizeof(stack),
		.nr_pids = nr_pids,
	};
	long ret;

	if (pipe(pipefd) < 0)
		broken("pipe");
	ret = clone_with_pids_on_stack(flags | SIGCHLD, &args, NULL, list, until_released, &pipefd[0]);
	check_pid(ret);
	return (struct held){ ret, pipefd[1] };
}

struct shared_row {
	const char *name;
	unsigned long flags;
	int what;		/* KCMP_* */
	bool shared;
};

static const struct shared_row shared_rows[] = {
	{ "no flags: memory is copied", 0, KCMP_VM, false },
	{ "no flags: files are copied", 0, KCMP_FILES, false },
	{ "no flags: the directory is copied", 0, KCMP_FS, false },
	{ "no flags: signal handlers are copied", 0, KCMP_SIGHAND, false },
	{ "CLONE_VM: memory is shared", CLONE_VM, KCMP_VM, true },
	{ "CLONE_FILES: files are shared", CLONE_FILES, KCMP_FILES, true },
	{ "CLONE_FS: the directory is shared", CLONE_FS, KCMP_FS, true },
	{ "CLONE_SIGHAND: signal handlers are shared", CLONE_VM | CLONE_SIGHAND, KCMP_SIGHAND, true },
	{ "CLONE_SYSVSEM: undo lists are shared", CLONE_SYSVSEM, KCMP_SYSVSEM, true },
};

static void run_shared(const void *row)
{
	const struct shared_row *r = row;

	for (nr_pids = 0; nr_pids <= 1; nr_pids++) {
		struct held h = stay(r->flags);
		long differ = syscall(SYS_kcmp, getpid(), h.pid, r->what, 0, 0);

		if (differ < 0)
			broken("kcmp");
		expect(!differ, r->shared, "nr_pids %u: the two share it", nr_pids);
		release(&h);
	}
}

struct namespace_row {
	const char *name;
	unsigned long flags;
	const char *file;
};

static const struct namespace_row namespace_rows[] = {
	{ "CLONE_NEWUTS", CLONE_NEWUTS, "uts" },
	{ "CLONE_NEWIPC", CLONE_NEWIPC, "ipc" },
	{ "CLONE_NEWNS", CLONE_NEWNS, "mnt" },
	{ "CLONE_NEWUSER", CLONE_NEWUSER, "user" },
	{ "CLONE_NEWPID", CLONE_NEWPID, "pid" },
};

static ino_t namespace_of(pid_t pid, const char *file)
{
	char path[40];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, file);
	if (stat(path, &st) < 0)
		broken("stat %s", path);
	return st.st_ino;
}

static void run_namespace(const void *row)
{
	const struct namespace_row *r = row;

	for (nr_pids = 0; nr_pids <= 1; nr_pids++) {
		for (const struct namespace_row *n = namespace_rows;
		     n < namespace_rows + ARRAY_SIZE(namespace_rows); n++) {
			struct held h = stay(r->flags);
			bool same = namespace_of(h.pid, n->file) == namespace_of(getpid(), n->file);

			expect(same, n != r, "nr_pids %u: the same %s namespace", nr_pids, n->file);
			release(&h);
		}
	}
}

static void exit_signal_is(unsigned int sig)
{
	struct clone_with_pids_args args = { 0 };
	struct timespec none = { 0 };
	ino_t time_ns = namespace_of(getpid(), "time");
	siginfo_t info = { 0 };
	sigset_t set;
	long ret;

	sigfillset(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	ret = call(sig, &args);
	if (!ret)
		_exit(namespace_of(getpid(), "time") == time_ns ? 7 : 8);
	check_pid(ret);
	/* Not SIGCHLD: only __WALL or __WCLONE waits for such a child. */
	expect(waitpid(ret, NULL, WNOHANG) < 0 ? errno : 0, ECHILD, "a plain wait's errno");
	if (waitid(P_PID, ret, &info, WEXITED | WNOWAIT | __WALL) < 0)
		broken("wait for the child");
	expect(info.si_status, 7, "the child's exit status, 7 in the caller's time namespace");
	if (sig && sig <= MAX_SIGNAL) {
		sigemptyset(&set);
		sigaddset(&set, sig);
		expect(sigtimedwait(&set, &info, &none), sig, "the signal that waits for the caller");
		expect(info.si_pid, ret, "the signal's si_pid");
	}
	expect(sigtimedwait(&set, &info, &none), -1, "a signal that waits for the caller");
	waitpid(ret, NULL, __WALL);
}

static void exit_signal_usr1(void)
{
	exit_signal_is(SIGUSR1);
}

static void exit_signal_rt(void)
{
	exit_signal_is(64);
}

/*
 * No signal; and of clone()'s low byte the one bit that is a flag elsewhere: CLONE_NEWTIME, with which the child would be
 * in another time namespace.
 */
static void exit_signal_0x80(void)
{
	exit_signal_is(0x80);
}

static void exit_signal_none(void)
{
	exit_signal_is(0);
}

/* The child gives the processor away often; the caller must still not return before it has ended. */
static void vfork_flag(void)
{
	volatile int *ended = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct clone_with_pids_args args = { 0 };
	long ret;

	if (ended == MAP_FAILED)
		broken("mmap");
	ret = call(CLONE_VFORK | SIGCHLD, &args);
	if (!ret) {
		for (int i = 0; i < 200; i++)
			sched_yield();
		*ended = 1;
		_exit(0);
	}
	check_pid(ret);
	expect(*ended, 1, "the child had ended when CLONE_VFORK returned");
	wait_ok(ret, "the child");
}

/* The child's parent is the caller's parent, which is this process; it must be able to wait for it. */
static void parent_flag(void)
{
	struct clone_with_pids_args args = { 0 };
	int pipefd[2];
	pid_t middle, child;
	long ret;

	if (pipe(pipefd) < 0)
		broken("pipe");
	middle = plain_clone(0);
	if (!middle) {
		ret = call(CLONE_PARENT | SIGCHLD, &args);
		child = ret;
		if (ret && write(pipefd[1], &child, sizeof(child)) != sizeof(child))
			broken("tell the child's pid");
		_exit(0);
	}
	if (read(pipefd[0], &child, sizeof(child)) != sizeof(child))
		fail("the process in the middle said nothing");
	check_pid(child);
	wait_ok(child, "the child with CLONE_PARENT");
	wait_ok(middle, "the process in the middle");
}

static const struct function_row functions[] = {
	{ "exit signal SIGUSR1", exit_signal_usr1 },
	{ "exit signal 64", exit_signal_rt },
	{ "exit signal 0x80, which is none", exit_signal_0x80 },
	{ "no exit signal", exit_signal_none },
	{ "CLONE_VFORK", vfork_flag },
	{ "CLONE_PARENT", parent_flag },
};

static void run_twice(const void *row)
{
	for (nr_pids = 0; nr_pids <= 1; nr_pids++)
		run_function(row);
}

static const struct group flags_groups[] = {
	ROWS(shared_rows, run_shared),
	ROWS(namespace_rows, run_namespace),
	ROWS(functions, run_twice),
};

SUITE(flags);
