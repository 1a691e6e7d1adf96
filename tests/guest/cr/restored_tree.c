// SPDX-License-Identifier: GPL-2.0
/*
 * The shape of the tree comes back: the pids, parents, process groups and sessions of all tasks at every level, which
 * the harness compares; and the zombies.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "calls.h"
#include "roundtrip.h"
#include "tasks.h"

volatile uint32_t *words;

void be_there(void)
{
	__atomic_add_fetch(words, 1, __ATOMIC_SEQ_CST);
	await_restart();
}

void record_all_of(unsigned int n)
{
	await_word(words, n);
	record_here();
}

void start_words(void)
{
	words = share_words();
}

void must_end(pid_t pid, int with)
{
	int status;

	MUST(waitpid(pid, &status, 0) == pid);
	SAME(status, with);
}

pid_t born_in(unsigned long flags)
{
	pid_t pid = plain_clone(flags);

	MUST(pid >= 0);
	return pid;
}

/* The deepest there is: the test is at level 0, the root at 1, and 31 more below it, each the init of its own. */
static void nest(unsigned int left)
{
	pid_t child = left ? born_in(CLONE_NEWPID) : 0;

	if (left && !child) {
		SAME(getpid(), 1);
		nest(left - 1);
		_exit(left);
	}
	be_there();
	if (left)
		must_end(child, left << 8);
}

static void deepest(void)
{
	pid_t child;

	start_words();
	child = born_in(CLONE_NEWPID);
	if (!child) {
		nest(MAX_LEVELS - 3);
		_exit(33);
	}
	record_all_of(MAX_LEVELS - 2);
	must_end(child, 33 << 8);
}

/*
 *	init 1 - 2 - container A: 1 - 2, 3 - container C: 1
 *	       - 3 (first)  - container B: 1 - 2 (a session)
 *	       - 4
 */
static void siblings(void)
{
	start_words();
	for (int i = 0; i < 3; i++) {
		if (born_in(0))
			continue;
		if (i < 2 && !born_in(CLONE_NEWPID)) {
			for (int n = 0; n < 2; n++) {
				if (born_in(0))
					continue;
				if (i == 1 && n == 0)
					setsid();
				if (i == 0 && n == 1 && !born_in(CLONE_NEWPID))
					be_there();
				be_there();
				_exit(0);
			}
			be_there();
			_exit(0);
		}
		be_there();
		_exit(0);
	}
	record_all_of(10);
}

/* In a container whose init is not its parent's first child; the parent has unshared its pid namespace. */
static void unshared(void)
{
	pid_t first, init;

	start_words();
	first = born_in(0);
	if (!first) {
		be_there();
		_exit(0);
	}
	MUST(!unshare(CLONE_NEWPID));
	init = born_in(0);
	if (!init) {
		SAME(getpid(), 1);
		be_there();
		await_word(words, 100);
		_exit(0);
	}
	record_all_of(2);
	/* The next one, too, is born down there. */
	init = born_in(0);
	if (!init)
		_exit(getpid() == 2 ? 0 : 1);
	must_end(init, 0);
	*words = 100;
}

static void zombies(void)
{
	static const int signals[] = { SIGKILL, SIGTERM, SIGSEGV, SIGSYS };
	pid_t exited, killed[4], init[2], group;
	siginfo_t info;

	start_words();
	exited = born_in(0);
	if (!exited)
		_exit(42);
	for (int i = 0; i < 4; i++) {
		killed[i] = born_in(0);
		if (!killed[i]) {
			signal(signals[i], SIG_DFL);
			kill(getpid(), signals[i]);
			_exit(1);
		}
	}
	group = born_in(0);
	if (!group) {
		setpgid(0, 0);
		_exit(6);
	}
	for (int i = 0; i < 2; i++) {
		init[i] = born_in(CLONE_NEWPID);
		if (!init[i]) {
			if (i)
				_exit(9);
			pause();
		}
	}
	MUST(!kill(init[0], SIGKILL));
	for (int i = 0; i < 8; i++)
		MUST(!waitid(P_PID, i < 4 ? killed[i] : i < 6 ? init[i - 4] : i == 6 ? group : exited, &info, WEXITED | WNOWAIT));
	record_here();
	must_end(exited, 42 << 8);
	for (int i = 0; i < 4; i++)
		must_end(killed[i], signals[i]);
	must_end(group, 6 << 8);
	must_end(init[0], SIGKILL);
	must_end(init[1], 9 << 8);
}

/* A session that was made after one of its leader's children was born, and before another one was. */
static void sessions(void)
{
	pid_t leader, container;

	start_words();
	leader = born_in(0);
	if (!leader) {
		pid_t early = born_in(0), later;

		if (!early) {
			be_there();
			_exit(getsid(0) == getsid(getppid()));
		}
		setsid();
		later = born_in(0);
		if (!later) {
			be_there();
			_exit(getsid(0) != getsid(getppid()));
		}
		be_there();
		must_end(early, 0);
		must_end(later, 0);
		_exit(0);
	}
	container = born_in(CLONE_NEWPID);
	if (!container) {
		pid_t early = born_in(0);

		if (!early) {
			be_there();
			_exit(getsid(0));
		}
		setsid();
		be_there();
		must_end(early, 0);
		_exit(0);
	}
	record_all_of(5);
	must_end(leader, 0);
	must_end(container, 0);
}

/* Children that tell their parent with another signal, or with none. */
static void exit_signals(void)
{
	int status;
	pid_t usr, none;

	start_words();
	signal(SIGUSR2, SIG_IGN);
	usr = syscall(SYS_clone, SIGUSR2, 0, 0, 0, 0);
	if (!usr) {
		be_there();
		_exit(1);
	}
	none = syscall(SYS_clone, 0, 0, 0, 0, 0);
	if (!none)
		_exit(2);
	record_all_of(1);
	MUST(waitpid(usr, &status, 0) < 0 && errno == ECHILD);
	MUST(waitpid(usr, &status, __WCLONE) == usr && status == 1 << 8);
	MUST(waitpid(none, &status, __WCLONE) == none && status == 2 << 8);
}

static const struct subject_row subjects[] = {
	/* clone3() takes one pid less than a task can have. */
	{ "32 levels", deepest, EVERY_WAY & ~WAY_DEEPER & ~WAY_CLONE3 },
	{ "containers inside containers, with siblings", siblings, EVERY_WAY },
	{ "a parent that has unshared its pid namespace", unshared, EVERY_WAY },
	{ "zombies: exited, killed, and inits of containers", zombies, EVERY_WAY & ~WAY_STOPPED },
	{ "children born before and after a session", sessions, EVERY_WAY },
	{ "children with other exit signals", exit_signals, EVERY_WAY },
};

static const struct group restored_tree_groups[] = { SUBJECTS(subjects) };
SUITE(restored_tree);
