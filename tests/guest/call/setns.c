// SPDX-License-Identifier: GPL-2.0
/*
 * After setns() to a pid namespace two levels down the caller's children are born there: a list may name all
 * those levels, although the caller is in none of them, and no more.  The pid returned is the one in the
 * caller's own namespace.
 *
 *	level 0   the caller, or
 *	level 1   the caller
 *	level 2   .
 *	level 3   the container's init      (one less when the caller is at level 0)
 */
#include <errno.h>
#include <linux/sched.h>

#include "nest.h"

#define X 21001
#define Y 22002
#define Z 23003
#define W 24004
#define TAKEN 1

static struct container enter_two_down(void)
{
	struct container c = container(2);

	enter_for_children(&c.init);
	return c;
}

static void from_level_0(void)
{
	struct container c = enter_two_down();

	expect(c.init.levels, 3, "levels of the container's init");
	granted(0, LIST(X, Y, Z));
	granted(0, LIST(Y, Z));
	granted(0, LIST(Z));
	granted(0, LIST(X, 0, Z));
	granted(0, LIST(0, Y, 0));
	granted(0, NO_LIST);
	release(&c.outer);
}

static void from_level_1(void)
{
	struct container c = enter_two_down();

	expect(c.init.levels, 4, "levels of the container's init");
	granted(0, LIST(X, Y, Z, W));
	granted(0, LIST(Y, Z, W));
	granted(0, LIST(X, 0, 0, W));
	granted(0, LIST(0, Y, Z, 0));
	release(&c.outer);
}

static void one_too_many(void)
{
	struct container c = enter_two_down();

	refused(EINVAL, 0, LIST(X, Y, Z, W, 1));
	refused(EINVAL, 0, LIST(0, 0, 0, 0, 0));
	release(&c.outer);
}

static void refusals(void)
{
	struct container c = enter_two_down();

	refused(EBUSY, 0, LIST(X, Y, Z, TAKEN));
	refused(EBUSY, 0, LIST(X, Y, TAKEN, W));
	refused(EBUSY, 0, LIST(X, TAKEN, Z, W));
	refused(EBUSY, 0, LIST(TAKEN, Y, Z, W));
	refused(EBUSY, 0, LIST(0, 0, 0, TAKEN));
	refused(EBUSY, 0, LIST(TAKEN, 0, 0, 0));
	refused(EINVAL, 0, LIST(X, Y, Z, -1));
	expect_errno(try_pids(0, 4, (const pid_t *)0xc0000000), EFAULT, "pids in the kernel");
	granted(0, LIST(X, Y, Z, W));
	release(&c.outer);
}

static void newpid_flag(void)
{
	struct container c = enter_two_down();

	refused(EINVAL, CLONE_NEWPID, NO_LIST);
	refused(EINVAL, CLONE_NEWPID, LIST(X, Y, Z, W));
	refused(EINVAL, CLONE_VM | CLONE_SIGHAND | CLONE_THREAD, LIST(X, Y, Z, W));
	release(&c.outer);
}

/* The first two are the caller's levels; that its own namespace is meant would be a list of 2. */
static void a_child_in_the_container(void)
{
	struct container c = enter_two_down();
	struct held h = hold(0, LIST(X, Y, Z, W));

	expect(h.pid, Y, "the pid that the caller was given");
	refused(EBUSY, 0, LIST(W));
	refused(EBUSY, 0, LIST(Z, 0));
	refused(EBUSY, 0, LIST(Y, 0, 0));
	refused(EBUSY, 0, LIST(X, 0, 0, 0));
	granted(0, LIST(Y, Z, W, X));
	release(&h);
	granted(0, LIST(X, Y, Z, W));
	release(&c.outer);
}

static const struct level_row rows[] = {
	{ "from level 0 to level 2: any of three pids", 0, from_level_0 },
	{ "from level 1 to level 3: any of four pids", 1, from_level_1 },
	{ "one too many", 1, one_too_many },
	{ "refused at each level", 1, refusals },
	{ "CLONE_NEWPID and CLONE_THREAD are EINVAL, as from clone()", 1, newpid_flag },
	{ "each pid is taken in its own namespace only", 1, a_child_in_the_container },
};

static const struct group setns_groups[] = { ROWS(rows, run_level_row) };

SUITE(setns);
