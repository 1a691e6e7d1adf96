// SPDX-License-Identifier: GPL-2.0
/*
 * The pids themselves, at levels 0 and 2: the child gets the chosen pids; a 0 anywhere in the list leaves that level to
 * the kernel; the order is oldest first; a short list is aligned to the youngest; pid_max is the limit (also when it
 * has been lowered); no namespace's counter moves for a chosen pid or for a refused call.
 *
 * At level 2 the taken pids are the inits' (1) and the caller's own (2).
 */
#include <errno.h>
#include <linux/sched.h>

#include "nest.h"

#define TAKEN 1
#define X     21001
#define Y     22002
#define Z     23003

/* Lists of a caller at level 2. */
struct list_row {
	const char *name;
	int error;
	unsigned int nr;
	pid_t pids[4];
};

static const struct list_row lists[] = {
	{ "level 2: no list", 0, 0, { 0 } },
	{ "level 2: x y z, oldest first", 0, 3, { X, Y, Z } },
	{ "level 2: the same number at all levels", 0, 3, { X, X, X } },
	{ "level 2: y z, aligned to the youngest", 0, 2, { Y, Z } },
	{ "level 2: z alone, the youngest", 0, 1, { Z } },
	{ "level 2: one too many", EINVAL, 4, { X, Y, Z, X } },
	{ "level 2: one too many, all 0", EINVAL, 4, { 0 } },
	{ "level 2: 0 y z", 0, 3, { 0, Y, Z } },
	{ "level 2: x 0 z", 0, 3, { X, 0, Z } },
	{ "level 2: x y 0", 0, 3, { X, Y, 0 } },
	{ "level 2: x 0 0", 0, 3, { X, 0, 0 } },
	{ "level 2: 0 y 0", 0, 3, { 0, Y, 0 } },
	{ "level 2: 0 0 z", 0, 3, { 0, 0, Z } },
	{ "level 2: 0 0 0", 0, 3, { 0, 0, 0 } },
	{ "level 2: 0 z", 0, 2, { 0, Z } },
	{ "level 2: y 0", 0, 2, { Y, 0 } },
	{ "level 2: 0", 0, 1, { 0 } },

	{ "level 2: taken y z", EBUSY, 3, { TAKEN, Y, Z } },
	{ "level 2: x taken z", EBUSY, 3, { X, TAKEN, Z } },
	{ "level 2: x y taken", EBUSY, 3, { X, Y, TAKEN } },
	{ "level 2: taken taken taken", EBUSY, 3, { TAKEN, TAKEN, TAKEN } },
	{ "level 2: taken 0 0", EBUSY, 3, { TAKEN, 0, 0 } },
	{ "level 2: 0 taken 0", EBUSY, 3, { 0, TAKEN, 0 } },
	{ "level 2: 0 0 taken", EBUSY, 3, { 0, 0, TAKEN } },
	{ "level 2: taken 0 z", EBUSY, 3, { TAKEN, 0, Z } },
	{ "level 2: 0 taken z", EBUSY, 3, { 0, TAKEN, Z } },
	{ "level 2: x taken 0", EBUSY, 3, { X, TAKEN, 0 } },
	{ "level 2: taken 0, short", EBUSY, 2, { TAKEN, 0 } },
	{ "level 2: 0 taken, short", EBUSY, 2, { 0, TAKEN } },
	{ "level 2: the caller's own pid", EBUSY, 1, { 2 } },

	{ "level 2: -1 y z", EINVAL, 3, { -1, Y, Z } },
	{ "level 2: x -1 z", EINVAL, 3, { X, -1, Z } },
	{ "level 2: x y -1", EINVAL, 3, { X, Y, -1 } },
	{ "level 2: 0 0 -1", EINVAL, 3, { 0, 0, -1 } },
	{ "level 2: -1 0 0", EINVAL, 3, { -1, 0, 0 } },
};

static void run_list_at_level_2(const void *arg)
{
	const struct list_row *r = arg;

	if (!r->error) {
		granted(0, r->nr, r->pids);
		return;
	}
	refused(r->error, 0, r->nr, r->pids);
	/* Nothing of the list is taken now: what was free before can be had, entry by entry. */
	for (unsigned int i = 0; i < r->nr && r->nr <= 3; i++) {
		pid_t again[3] = { 0 };

		if (r->pids[i] <= 2)
			continue;
		again[i] = r->pids[i];
		granted(0, r->nr, again);
	}
}

static void run_list(const void *row)
{
	at_level(2, run_list_at_level_2, row);
}

/* The levels with a 0 go on counting; the others stand still. */
static void only_zeros_count(void)
{
	struct nspid a, b, c;

	born_plain(&a);
	expect_errno(born(0, LIST(X, 0, Z), &b), 0, "clone_with_pids(x 0 z)");
	expect(b.pid[1], a.pid[1] + 1, "the number that the kernel chose at level 1");
	born_plain(&c);
	expect(c.pid[1], b.pid[1] + 1, "the next number at level 1");
	expect(c.pid[2], a.pid[2] + 1, "the next number at level 2, where z was chosen");
}

static void chosen_do_not_count(void)
{
	long last = read_sysctl(NS_LAST_PID);
	struct nspid n;

	for (pid_t pid = 29000; pid < 29010; pid++)
		granted(0, LIST(pid));
	expect(read_sysctl(NS_LAST_PID), last, "ns_last_pid after ten chosen pids");
	born_plain(&n);
	expect(n.pid[n.levels - 1], last + 1, "the next pid that the kernel chooses");
	expect(read_sysctl(NS_LAST_PID), last + 1, "ns_last_pid after it");
}

static void refusals_do_not_count(void)
{
	long last = read_sysctl(NS_LAST_PID);

	for (int i = 0; i < 10; i++) {
		expect_errno(try_pids(0, LIST(0, 0, TAKEN)), EBUSY, "0 0 taken");
		expect_errno(try_pids(0, LIST(TAKEN, 0, 0)), EBUSY, "taken 0 0");
		expect_errno(try_pids(0, LIST(0, -1, 0)), EINVAL, "0 -1 0");
		expect_errno(try_pids(CLONE_THREAD, LIST(0, 0, Z)), EINVAL, "0 0 z with bad flags");
	}
	expect(read_sysctl(NS_LAST_PID), last, "ns_last_pid after forty refused calls");
}

/* A number just above the counter is skipped by the counter, not given twice. */
static void counter_steps_over(void)
{
	long last = read_sysctl(NS_LAST_PID);
	struct held h = hold(0, LIST(last + 2));
	struct nspid n;

	born_plain(&n);
	expect(n.pid[n.levels - 1], last + 1, "the pid before the chosen one");
	born_plain(&n);
	expect(n.pid[n.levels - 1], last + 3, "the pid after the chosen one");
	release(&h);
}

static void limits_of(void)
{
	long max = read_sysctl(PID_MAX);
	struct nspid self;

	own_nspid(&self);
	for (int i = 0; i < self.levels; i++) {
		pid_t pids[MAX_LEVELS] = { 0 };

		pids[i] = max - 1;
		granted(0, self.levels, pids);
		pids[i] = max;
		refused(EINVAL, 0, self.levels, pids);
		pids[i] = max + 1;
		refused(EINVAL, 0, self.levels, pids);
	}
}

static void lowered_pid_max(void)
{
	write_sysctl(PID_MAX, 25000);	/* the runner puts it back */
	expect(read_sysctl(PID_MAX), 25000, "pid_max");
	limits_of();
}

static const struct level_row at_levels[] = {
	{ "only the levels with a 0 count on", 2, only_zeros_count },
	{ "chosen pids do not move ns_last_pid, level 0", 0, chosen_do_not_count },
	{ "chosen pids do not move ns_last_pid, level 2", 2, chosen_do_not_count },
	{ "refused calls do not move ns_last_pid", 2, refusals_do_not_count },
	{ "the counter steps over a chosen pid", 1, counter_steps_over },
	{ "pid_max - 1 is granted, pid_max is not, level 0", 0, limits_of },
	{ "pid_max - 1 is granted, pid_max is not, each of 3 levels", 2, limits_of },
	{ "a lowered pid_max, level 0", 0, lowered_pid_max },
	{ "a lowered pid_max, each of 3 levels", 2, lowered_pid_max },
};

static const struct group pids_groups[] = { ROWS(lists, run_list), ROWS(at_levels, run_level_row) };

SUITE(pids);
