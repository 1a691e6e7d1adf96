// SPDX-License-Identifier: GPL-2.0
/*
 * How many pids a list may have: at levels 0, 2 and 32, and with CLONE_NEWPID.  There the list covers the namespaces
 * that exist before the call, and the child is pid 1 in the new one.
 */
#include <errno.h>
#include <signal.h>
#include <unistd.h>
#include <sys/syscall.h>
#include <linux/sched.h>

#include "nest.h"

#define X 21001
#define Y 22002
#define Z 23003
#define W 24004
#define TAKEN 1

static void level_0(void)
{
	granted(0, LIST(X));
	refused(EINVAL, 0, LIST(X, Y));
	refused(EINVAL, 0, LIST(0, 0));
}

static void level_2(void)
{
	granted(0, LIST(X, Y, Z));
	refused(EINVAL, 0, LIST(X, Y, Z, W));
}

/* As many different pids as there can be, and with one more. */
static void level_32(void)
{
	pid_t pids[MAX_LEVELS + 2] = { 0 };

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
static void level_32_clone3(void)
{
	pid_t pids[MAX_LEVELS], pid;

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

static void level_32_no_deeper(void)
{
	pid_t pids[MAX_LEVELS];
	long ret;

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
static void level_31_newpid(void)
{
	pid_t pids[MAX_LEVELS];

	for (int i = 0; i < MAX_LEVELS; i++)
		pids[i] = 20000 + 100 * i;
	granted(CLONE_NEWPID, MAX_LEVELS - 1, pids);
	granted(CLONE_NEWPID, LIST(0, X));
	refused(EINVAL, CLONE_NEWPID, MAX_LEVELS, pids);
}

static void newpid_full(void)
{
	granted(CLONE_NEWPID, LIST(X, Y));
}

static void newpid_short(void)
{
	granted(CLONE_NEWPID, LIST(Y));
}

static void newpid_none(void)
{
	granted(CLONE_NEWPID, NO_LIST);
}

static void newpid_zeros(void)
{
	granted(CLONE_NEWPID, LIST(0, Y));
	granted(CLONE_NEWPID, LIST(X, 0));
	granted(CLONE_NEWPID, LIST(0, 0));
	granted(CLONE_NEWPID, LIST(0));
}

static void newpid_too_long(void)
{
	refused(EINVAL, CLONE_NEWPID, LIST(X, Y, 1));
	refused(EINVAL, CLONE_NEWPID, LIST(X, Y, 0));
	refused(EINVAL, CLONE_NEWPID, LIST(0, 0, 0));
}

static void newpid_refused(void)
{
	refused(EBUSY, CLONE_NEWPID, LIST(X, TAKEN));
	refused(EBUSY, CLONE_NEWPID, LIST(TAKEN, Y));
	refused(EBUSY, CLONE_NEWPID, LIST(0, TAKEN));
	refused(EBUSY, CLONE_NEWPID, LIST(TAKEN, 0));
	refused(EINVAL, CLONE_NEWPID, LIST(X, -1));
	granted(CLONE_NEWPID, LIST(X, Y));
}

static void newpid_twice(void)
{
	struct nspid seen;

	expect_errno(born(CLONE_NEWPID, LIST(X, Y), &seen), 0, "the first");
	expect(seen.levels, 3, "levels of the first child");
	expect_errno(born(CLONE_NEWPID, LIST(X, Y), &seen), 0, "the second");
	expect(seen.levels, 3, "levels of the second child");
}

/*
 * A tree as a restart makes it, in every task by its parent, each with all of its pids:
 *
 *	a  1201          the caller is at level 0
 *	`- b  1202 1     CLONE_NEWPID: the first of level 1
 *	   |- c  1203 37
 *	   `- d  1204 38 1
 *	      `- e  1205 39 5
 */
struct task {
	const char *name;
	unsigned long flags;
	unsigned int nr;		/* pids that the parent names */
	struct nspid pids;		/* all of them */
	const struct task *children[3];	/* the list ends with NULL */
};

static const struct task
	e = { "e", 0, 3, { 3, { 1205, 39, 5 } }, { NULL } },
	d = { "d", CLONE_NEWPID, 2, { 3, { 1204, 38, 1 } }, { &e, NULL } },
	c = { "c", 0, 2, { 2, { 1203, 37 } }, { NULL } },
	b = { "b", CLONE_NEWPID, 1, { 2, { 1202, 1 } }, { &c, &d, NULL } },
	a = { "a", 0, 1, { 1, { 1201 } }, { &b, NULL } };

static void make_task(const struct task *t)
{
	struct clone_with_pids_args args = { .nr_pids = t->nr };
	long ret = clone_with_pids_raw(t->flags | SIGCHLD, &args, sizeof(args), NULL, t->pids.pid);
	struct nspid self;

	if (ret) {
		expect_errno(ret, 0, "task %s", t->name);
		wait_ok(ret, t->name);
		return;
	}
	own_nspid(&self);
	expect(self.levels, t->pids.levels, "the levels of task %s", t->name);
	for (int i = 0; i < self.levels; i++)
		expect(self.pid[i], t->pids.pid[i], "the pid of task %s at level %d", t->name, i);
	for (const struct task *const *child = t->children; *child; child++)
		make_task(*child);
	_exit(0);
}

static void tree(void)
{
	make_task(&a);
}

static const struct level_row rows[] = {
	{ "level 0", 0, level_0 },
	{ "level 2", 2, level_2 },
	{ "level 32: all 33 pids", 32, level_32 },
	{ "level 32: clone3() cannot name 33", 32, level_32_clone3 },
	{ "level 32: CLONE_NEWPID is ENOSPC, as from clone()", 32, level_32_no_deeper },
	{ "level 31: CLONE_NEWPID with all 32 pids", 31, level_31_newpid },
	{ "CLONE_NEWPID: a tree of three levels", 0, tree },
	{ "CLONE_NEWPID: a full list", 1, newpid_full },
	{ "CLONE_NEWPID: a short list", 1, newpid_short },
	{ "CLONE_NEWPID: no list", 1, newpid_none },
	{ "CLONE_NEWPID: lists with 0", 1, newpid_zeros },
	{ "CLONE_NEWPID: one too many", 1, newpid_too_long },
	{ "CLONE_NEWPID: refused, then granted", 1, newpid_refused },
	{ "CLONE_NEWPID: the same pids twice in a row", 1, newpid_twice },
};

static const struct group levels_groups[] = { ROWS(rows, run_level_row) };

SUITE(levels);
