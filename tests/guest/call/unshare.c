// SPDX-License-Identifier: GPL-2.0
/*
 * After unshare(CLONE_NEWPID) the caller's children are born in a new namespace, one level below the caller's
 * own, that has no init before the first of them: a list may name one level more, and the pid there is 1.
 *
 *	level 1   the caller
 *	level 2   nobody yet
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <linux/sched.h>

#include "nest.h"

#define X 21001
#define Y 22002
#define Z 23003
#define W 24004
#define TAKEN 1

static void unshare_newpid(void)
{
	if (unshare(CLONE_NEWPID) < 0)
		broken("unshare(CLONE_NEWPID)");
}

/* Not refused(): its children by plain clone() would become the new namespace's init. */
static void fails(int error, unsigned long flags, unsigned int nr, const pid_t *pids, const char *what)
{
	expect_errno(try_pids(flags, nr, pids), error, "after unshare, at level 1: %s", what);
}

static void unshare_full(void)
{
	unshare_newpid();
	granted(0, LIST(X, Y, 1));
}

static void unshare_zero(void)
{
	struct nspid seen;

	unshare_newpid();
	expect_errno(born(0, LIST(X, Y, 0), &seen), 0, "a list that ends with 0");
	expect(seen.levels, 3, "levels of the child");
	expect(seen.pid[0], X, "the child's pid at level 0");
	expect(seen.pid[1], Y, "the child's pid at level 1");
	expect(seen.pid[2], 1, "the child's pid in the new namespace");
}

static void unshare_short(void)
{
	unshare_newpid();
	granted(0, LIST(1));
}

static void unshare_not_1(void)
{
	unshare_newpid();
	fails(EINVAL, 0, LIST(X, Y, Z), "x y z");
	fails(EINVAL, 0, LIST(X, Y, 2), "x y 2");
	fails(EINVAL, 0, LIST(5), "5 alone, aligned to the new namespace");
	fails(EINVAL, 0, LIST(0, 0, 300), "0 0 300");
	fails(EINVAL, 0, LIST(TAKEN, Y, 2), "taken y 2: EINVAL before EBUSY");
	granted(0, LIST(X, Y, 1));
}

static void unshare_too_long(void)
{
	unshare_newpid();
	fails(EINVAL, 0, LIST(X, Y, 1, 1), "one too many");
	fails(EINVAL, 0, LIST(0, 0, 0, 0), "one too many, all 0");
	granted(0, LIST(X, Y, 1));
}

/* The new namespace's first pid is not spoilt by calls that were refused. */
static void unshare_refused(void)
{
	struct nspid seen;

	unshare_newpid();
	fails(EBUSY, 0, LIST(X, TAKEN, 1), "x taken 1");
	fails(EBUSY, 0, LIST(TAKEN, Y, 1), "taken y 1");
	fails(EBUSY, 0, LIST(TAKEN, 0, 0), "taken 0 0");
	fails(EBUSY, 0, LIST(0, TAKEN, 0), "0 taken 0");
	born_plain(&seen);
	expect(seen.pid[2], 1, "the pid of the first child by plain clone()");
}

static void unshare_newpid_flag(void)
{
	long ret;

	unshare_newpid();
	ret = syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0);
	if (!ret)
		_exit(0);
	expect_errno(ret < 0 ? -errno : ret, EINVAL, "clone(CLONE_NEWPID) after unshare(CLONE_NEWPID)");
	fails(EINVAL, CLONE_NEWPID, NO_LIST, "CLONE_NEWPID, no list");
	fails(EINVAL, CLONE_NEWPID, LIST(X, Y, 1), "CLONE_NEWPID, x y 1");
	fails(EINVAL, CLONE_NEWPID, LIST(X, Y), "CLONE_NEWPID, x y");
	granted(0, LIST(X, Y, 1));
}

static void unshare_thread(void)
{
	unshare_newpid();
	fails(EINVAL, CLONE_VM | CLONE_SIGHAND | CLONE_THREAD, LIST(X, Y, 1), "a thread in another namespace");
	granted(0, LIST(X, Y, 1));
}

/* Once it has an init, the namespace is like any other, and the caller still is not in it. */
static void unshare_second(void)
{
	struct held init;

	unshare_newpid();
	init = hold(0, LIST(X, Y, 1));
	expect(init.pid, Y, "the init's pid in the caller's namespace");
	granted(0, LIST(X + 1, Y + 1, Z));
	granted(0, LIST(0, 0, 0));
	refused(EBUSY, 0, LIST(X + 1, Y + 1, 1));
	refused(EINVAL, 0, LIST(X + 1, Y + 1, Z, W));
	release(&init);
}

/* A namespace whose init is gone takes nobody; ENOMEM is how clone() says it. */
static void unshare_dead(void)
{
	unshare_newpid();
	granted(0, LIST(X, Y, 1));
	for (int i = 0; i < 3; i++) {
		fails(ENOMEM, 0, NO_LIST, "the namespace is dead, no list");
		fails(ENOMEM, 0, LIST(X, Y, Z), "the namespace is dead, x y z");
	}
}

/*
 * Fail when the first child already has its pids: a descriptor for CLONE_PIDFD that cannot be stored.  What the
 * next call says then, 0 or an errno, becomes the exit status of a process of its own.
 */
static int after_late_failure(unsigned int nr, const pid_t *pids)
{
	struct clone_with_pids_args args = { .parent_tid_ptr = 0xc0000000, .nr_pids = nr };
	pid_t pid = plain_clone(0);
	int status;
	long ret;

	if (!pid) {
		unshare_newpid();
		ret = nr ? try_registers(CLONE_PIDFD | SIGCHLD, &args, sizeof(args), NULL, pids) :
			   syscall(SYS_clone, CLONE_PIDFD | SIGCHLD, 0, 0xc0000000, 0, 0);
		expect_errno(nr || ret >= 0 ? ret : -errno, EFAULT, "a descriptor that cannot be stored");
		ret = try_pids(0, nr, pids);
		_exit(ret < 0 ? -ret : 0);
	}
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		fail("the process that makes the call fail: wait status %#x", status);
	return WEXITSTATUS(status);
}

static void late_failure(void)
{
	expect(after_late_failure(LIST(X, Y, 1)), after_late_failure(NO_LIST),
	       "the errno after a late failure of the first child, and after one of clone()");
	granted(0, LIST(X, Y));
}

static const struct level_row rows[] = {
	{ "one pid more is allowed", 1, unshare_full },
	{ "0 in the new namespace gives 1", 1, unshare_zero },
	{ "a list of only the new namespace", 1, unshare_short },
	{ "a pid other than 1 in a namespace without init", 1, unshare_not_1 },
	{ "one too many", 1, unshare_too_long },
	{ "refused calls do not spoil the first pid", 1, unshare_refused },
	{ "CLONE_NEWPID is EINVAL, as from clone()", 1, unshare_newpid_flag },
	{ "no threads in another namespace", 1, unshare_thread },
	{ "after the init any pid", 1, unshare_second },
	{ "a late failure of the first child, as from clone()", 1, late_failure },
	{ "ENOMEM when the init is gone, as from clone()", 1, unshare_dead },
};

static const struct group unshare_groups[] = { ROWS(rows, run_level_row) };

SUITE(unshare);
