// SPDX-License-Identifier: GPL-2.0
/*
 * What the call does when the kernel runs out of memory or cannot read the caller's memory, at each place where that
 * can happen.  For n = 1, 2, 3, ... the n-th allocation or copy from user space on its path fails, until a call has
 * fewer than n of them.  For each n:
 *
 *	- a copy that fails is EFAULT; memory that is missing is ENOMEM, or is made up for, and the child has its pids;
 *	- no descriptor is left, and no counter of a namespace has moved but where the kernel was to choose, by one;
 *	- asked again, without a fault, the same pids are granted at all levels.
 *
 * After all n there are no more objects in the kernel's caches than before, and after all rows kmemleak has nothing to
 * report.  Only a kernel for debugging can do that: CONFIG_FAULT_INJECTION.
 */
#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>
#include <linux/sched.h>

#include "kmemleak.h"
#include "nest.h"
#include "point.h"
#include "lib/report.h"
#include "slabs.h"
#include "thread.h"

#define POINTS_MAX   2000
#define MOVED_TRIES  5
#define GROWN_TRIES  3
#define WARM_UP      5
#define LAST_POINTS  16		/* of a walk */
#define LAST_TRIES   10		/* of each of them */

struct row {
	const char *name;
	int level;
	unsigned long flags;
	int fewer;		/* the list leaves out so many of the oldest levels */
	unsigned long zeros;	/* a bit for each level that is left to it, too */
	int error;		/* what the call returns without a fault */
	unsigned int points_min;	/* it has many more: fewer say that the injection does not work */
	bool unshares;		/* each call makes the first child of a namespace one level below */
};

#define VFORK (CLONE_VM | CLONE_VFORK)

static const struct row rows[] = {
	{ "level 0", 0, 0, .points_min = 60 },
	{ "level 0, CLONE_NEWPID", 0, CLONE_NEWPID, .points_min = 60 },
	{ "level 0, CLONE_THREAD", 0, THREAD_FLAGS, .points_min = 10 },
	{ "level 2", 2, 0, .points_min = 60 },
	{ "level 2, CLONE_NEWPID", 2, CLONE_NEWPID, .points_min = 60 },
	{ "level 2, CLONE_THREAD", 2, THREAD_FLAGS, .points_min = 20 },
	{ "level 2, CLONE_VM", 2, VFORK, .points_min = 25 },
	{ "level 2, CLONE_PIDFD", 2, VFORK | CLONE_PIDFD, .points_min = 30 },
	{ "level 2, CLONE_SETTLS", 2, THREAD_FLAGS | CLONE_SETTLS, .points_min = 20 },
	{ "level 2: x 0 z", 2, VFORK, .zeros = 1 << 1, .points_min = 20 },
	{ "level 2: z", 2, VFORK, .fewer = 2, .points_min = 20 },
	{ "level 2: no list", 2, VFORK, .fewer = 3, .points_min = 10 },
	{ "level 1, after unshare(CLONE_NEWPID)", 1, 0, .unshares = true, .points_min = 60 },
	{ "level 31, CLONE_NEWPID", 31, CLONE_NEWPID, .points_min = 200 },
	{ "level 32", 32, 0, .points_min = 200 },
	{ "level 32, CLONE_NEWPID, ENOSPC", 32, CLONE_NEWPID, .error = ENOSPC, .points_min = 40 },
	{ "level 32, CLONE_THREAD", 32, THREAD_FLAGS, .points_min = 150 },
};

/* What one row is doing. */
static struct {
	const struct row *row;
	struct faulty_call call;
	unsigned int points[FAULT_KINDS];
	unsigned int refused;	/* calls, for want of memory */
} now;

/* The level whose counter has moved by what it should not have, or -1.  The last child is of an ordinary fork. */
static int moved(const struct nspid *before, const struct nspid *after, const struct tally *t)
{
	for (int level = now.call.levels - 1; level >= 0; level--) {
		bool left = !now.call.pids[level];
		int by = after->pid[level] - before->pid[level] - 1;

		if (by < (left ? t->made : 0) || by > (left ? t->made + t->failed : 0))
			return level;
	}
	return -1;
}

/* Kernel threads may be born at level 0 meanwhile: what looks wrong there is tried again. */
static enum fault step(unsigned int n, struct nspid *before)
{
	struct nspid after;
	struct tally tally;
	enum fault fault;
	int level = -1, was = 0;

	for (int tries = 0; tries < MOVED_TRIES; tries++) {
		fault = point(n, &tally);
		born_plain(&after);
		level = moved(before, &after, &tally);
		if (level)
			break;
		was = before->pid[level];
		*before = after;
	}
	if (level >= 0)
		fail("call %u: the counter of level %d has moved: a child before had pid %d, and after %d calls that "
		     "made a child and %d that failed one had %d", n, level, level ? before->pid[level] : was,
		     tally.made, tally.failed, after.pid[level]);
	*before = after;
	now.refused += tally.refused && fault != FAULT_USERCOPY;
	return fault;
}

/*
 * The same for the first child of a namespace: a process of its own each time, whose children are born there.  Its exit
 * status says what it met.
 */
#define MET 16

static enum fault step_in_new(unsigned int n, struct nspid *before)
{
	struct nspid after;
	struct tally tally;
	enum fault fault;
	int status;
	pid_t pid = plain_clone(0);

	if (!pid) {
		if (unshare(CLONE_NEWPID) < 0)
			broken("unshare(CLONE_NEWPID)");
		points_prepare(&now.call);
		status = point(n, &tally);
		_exit(MET + 2 * status + tally.refused);
	}
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) < MET)
		fail("call %u: the process that makes it: wait status %#x", n, status);
	status = WEXITSTATUS(status) - MET;
	born_plain(&after);
	for (int level = 1; level < after.levels; level++)
		expect(after.pid[level] - before->pid[level], 2, "call %u: numbers used at level %d", n, level);
	*before = after;
	fault = status / 2;
	now.refused += status % 2 && fault != FAULT_USERCOPY;
	return fault;
}

static enum fault try_point(unsigned int n, struct nspid *before)
{
	return now.row->unshares ? step_in_new(n, before) : step(n, before);
}

/*
 * A call that is refused has failed behind all that is made up for: behind hundreds of points at level 32, which become
 * more and fewer as the caches get and lose pages, so that one walk may step over the few that count.  Among these is
 * the page of a thread's stack, the only one that is always needed.
 */
static void last_points(unsigned int last, struct nspid *before)
{
	unsigned int n = last < LAST_POINTS ? last : LAST_POINTS;

	for (unsigned int i = 0; i < LAST_TRIES * n && !(now.refused && now.points[FAULT_PAGE]); i++) {
		if (try_point(last - i % n, before) == FAULT_PAGE && !now.points[FAULT_PAGE])
			now.points[FAULT_PAGE] = 1;
	}
}

/* From the first point to the last. */
static void walk(void)
{
	struct nspid before;
	enum fault fault;

	memset(now.points, 0, sizeof(now.points));
	now.refused = 0;
	born_plain(&before);
	for (unsigned int n = 1; n <= POINTS_MAX; n++) {
		fault = try_point(n, &before);
		if (fault == NO_FAULT) {
			last_points(n - 1, &before);
			return;
		}
		now.points[fault]++;
	}
	fail("after %d faults there are still more", POINTS_MAX);
}

static void report_points(void)
{
	unsigned int *p = now.points, all = p[FAULT_SLAB] + p[FAULT_PAGE] + p[FAULT_USERCOPY];

	note("%u fault points: %u objects, %u pages, %u copies from the caller; refused for want of memory: %u", all,
	     p[FAULT_SLAB], p[FAULT_PAGE], p[FAULT_USERCOPY], now.refused);
	if (all < now.row->points_min)
		fail("only %u fault points: expected %u at least", all, now.row->points_min);
	for (int kind = 0; kind < FAULT_KINDS; kind++) {
		if (!p[kind])
			fail("no point at which %s would make something fail", fault_names[kind]);
	}
	if (!now.refused)
		fail("no call was refused for want of memory");
	expect(p[FAULT_USERCOPY], 1 + !!now.call.nr + !!(now.row->flags & CLONE_SETTLS),
	       "copies from the caller that can fail: the arguments, the list, the descriptor of CLONE_SETTLS");
}

static void set_up(const struct row *r)
{
	struct nspid self;

	own_nspid(&self);
	now.row = r;
	now.call.flags = r->flags;
	now.call.error = r->error;
	now.call.levels = self.levels + r->unshares;
	now.call.nr = now.call.levels - r->fewer;
	for (int i = 0; i < now.call.levels; i++) {
		bool left = i < r->fewer || r->zeros & 1UL << i;

		now.call.pids[i] = left ? 0 : 21000 + 100 * i;
	}
	if (r->unshares)
		now.call.pids[now.call.levels - 1] = 1;
	points_prepare(&now.call);
}

/* What the kernel allocates once and keeps, it allocates here. */
static void warm_up(void)
{
	struct nspid ordinary;
	struct tally tally;

	for (int i = 0; i < WARM_UP; i++) {
		point(POINTS_MAX, &tally);
		born_plain(&ordinary);
	}
}

/* A cache that has grown in a walk is a leak if it grows in every walk: kernel threads come and go, too. */
static void run_at_level(const void *arg)
{
	struct slabs before;
	const struct slab *s = NULL;
	long was;

	set_up(arg);
	if (!now.row->unshares)
		warm_up();
	for (int tries = 0; tries < GROWN_TRIES; tries++) {
		slabs_at_rest(&before);
		walk();
		s = slabs_grown(&before, &was);
		if (!s)
			break;
	}
	report_points();
	if (s)
		fail("the cache %s has %ld objects after all calls, and had %ld before", s->name, s->objects, was);
}

static void run_row(const void *row)
{
	const struct row *r = row;

	at_level(r->level, run_at_level, r);
}

static const struct function_row functions[] = {
	{ "kmemleak has nothing to report", kmemleak_is_silent },
};

static const struct group faults_groups[] = { ROWS(rows, run_row), FUNCTIONS(functions) };

/* At level 32 there are hundreds of points, and each call for one of them fills and empties 33 tables. */
SUITE(faults, .needs = "/proc/self/fail-nth", .slow = 10);
