// SPDX-License-Identifier: GPL-2.0
/*
 * Which namespaces a list is about, and how many: at levels 0, 2 and 32, with CLONE_NEWPID, after
 * unshare(CLONE_NEWPID), and after setns() to a namespace two levels down.  It is always the namespace that the
 * caller's children are born in.
 */
#define _GNU_SOURCE 1
#include <errno.h>
#include <sched.h>
#include <unistd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <linux/sched.h>

#include "calls.h"

#define X 21001
#define Y 22002
#define Z 23003
#define W 24004
#define TAKEN 1

static void level_0(const void *arg)
{
	(void)arg;
	granted(0, LIST(X));
	refused(EINVAL, 0, LIST(X, Y));
	refused(EINVAL, 0, LIST(0, 0));
}

static void level_2(const void *arg)
{
	(void)arg;
	granted(0, LIST(X, Y, Z));
	refused(EINVAL, 0, LIST(X, Y, Z, W));
}

/* As many different pids as there can be, and with one more. */
static void level_32(const void *arg)
{
	pid_t pids[MAX_LEVELS + 2] = { 0 };

	(void)arg;
	for (int i = 0; i < MAX_LEVELS + 2; i++)
		pids[i] = 20000 + 100 * i;
	granted(0, MAX_LEVELS, pids);
	granted(0, MAX_LEVELS - 1, pids);
	granted(0, 1, pids);
	refused(EINVAL, 0, MAX_LEVELS + 1, pids);
	refused(EINVAL, 0, MAX_LEVELS + 2, pids);
	pids[0] = TAKEN;
	refused(EBUSY, 0, MAX_LEVELS, pids);
	pids[0] = 0;
	granted(0, MAX_LEVELS, pids);
	pids[MAX_LEVEL] = TAKEN;
	refused(EBUSY, 0, MAX_LEVELS, pids);
}

/* clone3() takes a list of 32, so that the oldest of 33 pids cannot be chosen. */
static void level_32_clone3(const void *arg)
{
	pid_t pids[MAX_LEVELS], pid;

	(void)arg;
	for (int i = 0; i < MAX_LEVELS; i++)
		pids[i] = 20000 + 100 * i;
	pid = clone3_with_pids(0, pids, MAX_LEVELS);
	expect_errno(pid < 0 ? -errno : pid, EINVAL, "clone3() with 33 pids");
	pid = clone3_with_pids(0, pids + 1, MAX_LEVELS - 1);
	if (!pid)
		_exit(0);
	expect_errno(pid < 0 ? -errno : pid, 0, "clone3() with 32 pids");
	wait_ok(pid, "clone3()'s child");
}

static void level_32_no_deeper(const void *arg)
{
	pid_t pids[MAX_LEVELS];
	long ret;

	(void)arg;
	for (int i = 0; i < MAX_LEVELS; i++)
		pids[i] = 20000 + 100 * i;
	ret = syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0);
	if (!ret)
		_exit(0);
	expect_errno(ret < 0 ? -errno : ret, ENOSPC, "clone(CLONE_NEWPID) at level 32");
	refused(ENOSPC, CLONE_NEWPID, NO_LIST);
	refused(ENOSPC, CLONE_NEWPID, MAX_LEVELS, pids);
	refused(ENOSPC, CLONE_NEWPID, LIST(0));
	refused(EINVAL, CLONE_NEWPID, LIST(-1));
	granted(0, MAX_LEVELS, pids);
}

/* The last namespace that can be made: 32 pids are named, the 33rd is the 1 in the new one. */
static void level_31_newpid(const void *arg)
{
	pid_t pids[MAX_LEVELS];

	(void)arg;
	for (int i = 0; i < MAX_LEVELS; i++)
		pids[i] = 20000 + 100 * i;
	granted(CLONE_NEWPID, MAX_LEVELS - 1, pids);
	granted(CLONE_NEWPID, LIST(0, X));
	refused(EINVAL, CLONE_NEWPID, MAX_LEVELS, pids);
}

static void newpid_full(const void *arg)
{
	(void)arg;
	granted(CLONE_NEWPID, LIST(X, Y));
}

static void newpid_short(const void *arg)
{
	(void)arg;
	granted(CLONE_NEWPID, LIST(Y));
}

static void newpid_none(const void *arg)
{
	(void)arg;
	granted(CLONE_NEWPID, NO_LIST);
}

static void newpid_zeros(const void *arg)
{
	(void)arg;
	granted(CLONE_NEWPID, LIST(0, Y));
	granted(CLONE_NEWPID, LIST(X, 0));
	granted(CLONE_NEWPID, LIST(0, 0));
	granted(CLONE_NEWPID, LIST(0));
}

static void newpid_too_long(const void *arg)
{
	(void)arg;
	refused(EINVAL, CLONE_NEWPID, LIST(X, Y, 1));
	refused(EINVAL, CLONE_NEWPID, LIST(X, Y, 0));
	refused(EINVAL, CLONE_NEWPID, LIST(0, 0, 0));
}

static void newpid_refused(const void *arg)
{
	(void)arg;
	refused(EBUSY, CLONE_NEWPID, LIST(X, TAKEN));
	refused(EBUSY, CLONE_NEWPID, LIST(TAKEN, Y));
	refused(EBUSY, CLONE_NEWPID, LIST(0, TAKEN));
	refused(EBUSY, CLONE_NEWPID, LIST(TAKEN, 0));
	refused(EINVAL, CLONE_NEWPID, LIST(X, -1));
	granted(CLONE_NEWPID, LIST(X, Y));
}

static void newpid_twice(const void *arg)
{
	struct nspid seen;

	(void)arg;
	expect_errno(born(CLONE_NEWPID, LIST(X, Y), &seen), 0, "the first");
	expect(seen.levels, 3, "levels of the first child");
	expect_errno(born(CLONE_NEWPID, LIST(X, Y), &seen), 0, "the second");
	expect(seen.levels, 3, "levels of the second child");
}

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

static void unshare_full(const void *arg)
{
	(void)arg;
	unshare_newpid();
	granted(0, LIST(X, Y, 1));
}

static void unshare_zero(const void *arg)
{
	struct nspid seen;

	(void)arg;
	unshare_newpid();
	expect_errno(born(0, LIST(X, Y, 0), &seen), 0, "a list that ends with 0");
	expect(seen.levels, 3, "levels of the child");
	expect(seen.pid[0], X, "the child's pid at level 0");
	expect(seen.pid[1], Y, "the child's pid at level 1");
	expect(seen.pid[2], 1, "the child's pid in the new namespace");
}

static void unshare_short(const void *arg)
{
	(void)arg;
	unshare_newpid();
	granted(0, LIST(1));
}

static void unshare_not_1(const void *arg)
{
	(void)arg;
	unshare_newpid();
	fails(EINVAL, 0, LIST(X, Y, Z), "x y z");
	fails(EINVAL, 0, LIST(X, Y, 2), "x y 2");
	fails(EINVAL, 0, LIST(5), "5 alone, aligned to the new namespace");
	fails(EINVAL, 0, LIST(0, 0, 300), "0 0 300");
	fails(EINVAL, 0, LIST(TAKEN, Y, 2), "taken y 2: EINVAL before EBUSY");
	granted(0, LIST(X, Y, 1));
}

static void unshare_too_long(const void *arg)
{
	(void)arg;
	unshare_newpid();
	fails(EINVAL, 0, LIST(X, Y, 1, 1), "one too many");
	fails(EINVAL, 0, LIST(0, 0, 0, 0), "one too many, all 0");
	granted(0, LIST(X, Y, 1));
}

/* The new namespace's first pid is not spoilt by calls that were refused. */
static void unshare_refused(const void *arg)
{
	struct nspid seen;

	(void)arg;
	unshare_newpid();
	fails(EBUSY, 0, LIST(X, TAKEN, 1), "x taken 1");
	fails(EBUSY, 0, LIST(TAKEN, Y, 1), "taken y 1");
	fails(EBUSY, 0, LIST(TAKEN, 0, 0), "taken 0 0");
	fails(EBUSY, 0, LIST(0, TAKEN, 0), "0 taken 0");
	born_plain(&seen);
	expect(seen.pid[2], 1, "the pid of the first child by plain clone()");
}

static void unshare_newpid_flag(const void *arg)
{
	long ret;

	(void)arg;
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

static void unshare_thread(const void *arg)
{
	(void)arg;
	unshare_newpid();
	fails(EINVAL, CLONE_VM | CLONE_SIGHAND | CLONE_THREAD, LIST(X, Y, 1), "a thread in another namespace");
	granted(0, LIST(X, Y, 1));
}

/* Once it has an init, the namespace is like any other, and the caller still is not in it. */
static void unshare_second(const void *arg)
{
	struct held init;

	(void)arg;
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
static void unshare_dead(const void *arg)
{
	(void)arg;
	unshare_newpid();
	granted(0, LIST(X, Y, 1));
	for (int i = 0; i < 3; i++) {
		fails(ENOMEM, 0, NO_LIST, "the namespace is dead, no list");
		fails(ENOMEM, 0, LIST(X, Y, Z), "the namespace is dead, x y z");
	}
}

struct row {
	const char *name;
	int level;
	void (*run)(const void *arg);
};

static const struct row rows[] = {
	{ "level 0", 0, level_0 },
	{ "level 2", 2, level_2 },
	{ "level 32: all 33 pids", 32, level_32 },
	{ "level 32: clone3() cannot name 33", 32, level_32_clone3 },
	{ "level 32: CLONE_NEWPID is ENOSPC, as from clone()", 32, level_32_no_deeper },
	{ "level 31: CLONE_NEWPID with all 32 pids", 31, level_31_newpid },
	{ "CLONE_NEWPID: a full list", 1, newpid_full },
	{ "CLONE_NEWPID: a short list", 1, newpid_short },
	{ "CLONE_NEWPID: no list", 1, newpid_none },
	{ "CLONE_NEWPID: lists with 0", 1, newpid_zeros },
	{ "CLONE_NEWPID: one too many", 1, newpid_too_long },
	{ "CLONE_NEWPID: refused, then granted", 1, newpid_refused },
	{ "CLONE_NEWPID: the same pids twice in a row", 1, newpid_twice },
	{ "unshare: one pid more is allowed", 1, unshare_full },
	{ "unshare: 0 in the new namespace gives 1", 1, unshare_zero },
	{ "unshare: a list of only the new namespace", 1, unshare_short },
	{ "unshare: a pid other than 1 in a namespace without init", 1, unshare_not_1 },
	{ "unshare: one too many", 1, unshare_too_long },
	{ "unshare: refused calls do not spoil the first pid", 1, unshare_refused },
	{ "unshare: CLONE_NEWPID is EINVAL, as from clone()", 1, unshare_newpid_flag },
	{ "unshare: no threads in another namespace", 1, unshare_thread },
	{ "unshare: after the init any pid", 1, unshare_second },
	{ "unshare: ENOMEM when the init is gone, as from clone()", 1, unshare_dead },
};

static void run_row(const void *row)
{
	const struct row *r = row;

	at_level(r->level, r->run, NULL);
}

static const struct group levels_groups[] = { ROWS(rows, run_row) };

SUITE(levels);
