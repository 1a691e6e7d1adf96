// SPDX-License-Identifier: GPL-2.0
/*
 * The caller, or the pid namespace of its future child, ends in the middle of the call.  There are many rounds, at many
 * moments.  After each, all pids in the list can be had at every level, and an ordinary fork works.
 *
 * A shared page tells which caller ended during a call.  A case in which that never happened has tested nothing, and
 * fails.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <linux/sched.h>

#include "nest.h"
#include "lib/wait.h"
#include "parked.h"

#define ROUNDS  60		/* and as many as are needed to meet a caller in a call, but no more than: */
#define MOST_ROUNDS 1500
#define CALLERS 2
#define X 21001
#define Y 22002
#define Z 23003

static struct shared {
	volatile bool in_call[CALLERS];
	volatile unsigned int born, reaped;
} *shared;

static void share_page(void)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		broken("mmap");
}

/* From the start of a caller to some call after its first, a little later each round of 60. */
static unsigned int moment_us(int round)
{
	return 500 + 61 * (round % ROUNDS) + round / ROUNDS;
}

static void nothing_taken(unsigned int nr, const pid_t *pids, pid_t own, int round)
{
	struct nspid ordinary;

	expect(try_pids(0, nr, pids), own, "round %d, a child with the pids of the call that was ended", round);
	born_plain(&ordinary);
}

struct killed_row {
	const char *name;
	int level;
	bool by_timer;		/* or by another process */
	unsigned long flags;
	unsigned int nr;
	pid_t pids[3];
};

/*
 * SIGALRM interrupts on this very CPU, so that it finds the caller in the kernel even where nothing preempts it
 * there; SIGKILL from a process is for two CPUs.
 */
static const struct killed_row killed_rows[] = {
	{ "the caller, by its timer, level 0", 0, true, 0, 1, { X } },
	{ "the caller, by its timer, level 2", 2, true, 0, 3, { X, Y, Z } },
	{ "the caller, by its timer, level 2: x 0 z", 2, true, 0, 3, { X, 0, Z } },
	{ "the caller, by its timer, CLONE_NEWPID", 2, true, CLONE_NEWPID, 3, { X, Y, Z } },
	{ "the caller, by its timer, CLONE_VM", 2, true, CLONE_VM | CLONE_VFORK, 3, { X, Y, Z } },
	{ "the caller, by another process, level 2", 2, false, 0, 3, { X, Y, Z } },
	{ "the caller, by another process, CLONE_NEWPID", 2, false, CLONE_NEWPID, 3, { X, Y, Z } },
};

static int exit_at_once(void *arg)
{
	(void)arg;
	return 0;
}

/* The children are the caller's siblings, so that they are reaped whatever becomes of the caller. */
static __attribute__((noreturn)) void call_until_killed(const struct killed_row *r)
{
	static char stack[4096] __attribute__((aligned(16)));
	struct clone_with_pids_args args = {
		.child_stack_base = (uintptr_t)stack,
		.child_stack_size = sizeof(stack),
		.nr_pids = r->nr,
	};
	long ret;

	for (;;) {
		shared->in_call[0] = true;
		ret = clone_with_pids_on_stack(r->flags | CLONE_PARENT | SIGCHLD, &args, NULL, r->pids, exit_at_once,
					       NULL);
		shared->in_call[0] = false;
		expect_errno(ret, 0, "a call before the caller was killed");
		shared->born++;
		while (shared->reaped != shared->born)
			sched_yield();
	}
}

static pid_t start_caller(const struct killed_row *r, int round)
{
	struct itimerval when = { .it_value.tv_usec = moment_us(round) };
	pid_t pid = plain_clone(0);

	if (pid)
		return pid;
	signal(SIGALRM, SIG_DFL);
	if (r->by_timer && setitimer(ITIMER_REAL, &when, NULL) < 0)
		broken("setitimer");
	call_until_killed(r);
}

static pid_t start_killer(const struct killed_row *r, pid_t caller, int round)
{
	pid_t pid = r->by_timer ? 0 : plain_clone(0);

	if (pid || r->by_timer)
		return pid;
	usleep(moment_us(round));
	_exit(kill(caller, SIGKILL) < 0);
}

/* True if the caller ended in a call that made no child. */
static bool kill_caller(const struct killed_row *r, int round)
{
	int want = r->by_timer ? SIGALRM : SIGKILL, status;
	pid_t caller, killer, pid;

	*shared = (struct shared){ 0 };
	caller = start_caller(r, round);
	killer = start_killer(r, caller, round);
	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		if (pid == caller)
			expect(WIFSIGNALED(status) ? WTERMSIG(status) : 0, want, "the signal that ended the caller");
		else if (pid != killer)
			shared->reaped++;
		else if (!status_ok(status))
			fail("the process that kills the caller: status %#x", status);
	}
	if (errno != ECHILD)
		broken("wait");
	if (shared->reaped > shared->born + 1)
		fail("round %d: %u children of %u calls", round, shared->reaped, shared->born);
	return shared->in_call[0] && shared->reaped == shared->born;
}

static void kill_callers(const void *arg)
{
	const struct killed_row *r = arg;
	int met = 0, round;

	share_page();
	for (round = 0; round < ROUNDS || (!met && round < MOST_ROUNDS); round++) {
		met += kill_caller(r, round);
		nothing_taken(r->nr, r->pids, r->pids[r->nr - 1], round);
	}
	note("%d of %d callers ended in a call that made no child", met, round);
	if (!met)
		fail("in %d rounds no caller ended in a call that made no child", round);
}

static void run_killed(const void *row)
{
	const struct killed_row *r = row;

	at_level(r->level, kill_callers, r);
}

/* What the callers name: one list for each, with the caller's number added. */
static const pid_t lists[CALLERS][3] = { { X + 1, Y + 1, Z + 1 }, { X + 2, Y + 2, Z + 2 } };

/* Until the namespace ends; that may be seen a moment before the signal that comes with it. */
static __attribute__((noreturn)) void call_from_inside(int caller)
{
	struct clone_with_pids_args args = { .nr_pids = 3 };
	unsigned long flags = caller ? CLONE_NEWPID : 0;
	long ret;

	for (;;) {
		shared->in_call[caller] = true;
		ret = clone_with_pids_raw(flags | SIGCHLD, &args, sizeof(args), NULL, lists[caller]);
		if (!ret)
			_exit(0);
		shared->in_call[caller] = false;
		if (ret == -ENOMEM) {
			for (;;)
				pause();
		}
		expect_errno(ret, 0, "a call before the namespace ended");
		waitpid(ret, NULL, 0);
	}
}

static __attribute__((noreturn)) void init_of_callers(bool ends_itself, int round)
{
	for (int i = 0; i < CALLERS; i++) {
		if (!plain_clone(0))
			call_from_inside(i);
	}
	if (!ends_itself) {
		for (;;)
			pause();
	}
	usleep(moment_us(round));
	_exit(0);
}

/* The caller of this is at level 1, the init and those who make the calls at level 2. */
static void end_around(int round)
{
	static const pid_t pids[] = { X, Y };
	bool ends_itself = round % 2;
	pid_t init = clone_with_pids(CLONE_NEWPID, pids, 2);
	int status;

	if (!init)
		init_of_callers(ends_itself, round);
	expect(init, Y, "the init");
	usleep(moment_us(round));
	if (!ends_itself && kill(init, SIGKILL) < 0)
		broken("kill the init");
	if (waitpid(init, &status, 0) != init)
		broken("wait for the init");
	if (ends_itself ? !status_ok(status) : !WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
		fail("round %d: the init's wait status is %#x", round, status);
}

static void inside(void)
{
	int met = 0, round;

	share_page();
	for (round = 0; round < ROUNDS || (!met && round < MOST_ROUNDS); round++) {
		*shared = (struct shared){ 0 };
		end_around(round);
		for (int i = 0; i < CALLERS; i++) {
			met += shared->in_call[i];
			nothing_taken(2, lists[i], lists[i][1], round);
		}
		nothing_taken(LIST(X, Y), Y, round);
	}
	note("%d of %d callers ended in a call", met, CALLERS * round);
	if (!met)
		fail("in %d rounds no caller ended in a call", round);
}

/* Its number at level 1 is known before it is born. */
static pid_t start_killer_of_init(bool needed, int round)
{
	pid_t pid = needed ? plain_clone(0) : 0;

	if (pid || !needed)
		return pid;
	usleep(moment_us(round));
	while (kill(Y, SIGKILL) < 0 && errno == ESRCH)
		sched_yield();
	_exit(0);
}

/* The first child, which is the new namespace's init. */
static pid_t start_init(bool ends_itself, int round)
{
	static const pid_t pids[] = { X, Y, 1 };
	pid_t init = clone_with_pids(0, pids, 3);

	if (init) {
		expect(init, Y, "the init");
		return init;
	}
	if (!ends_itself) {
		for (;;)
			pause();
	}
	usleep(moment_us(round));
	_exit(0);
}

/* At level 1, with children born at level 2: success until the namespace ends, and from then on ENOMEM. */
static __attribute__((noreturn)) void call_from_outside(int round)
{
	bool ends_itself = round % 2;
	pid_t killer = start_killer_of_init(!ends_itself, round), init;
	long ret;

	if (unshare(CLONE_NEWPID) < 0)
		broken("unshare(CLONE_NEWPID)");
	init = start_init(ends_itself, round);
	do
		ret = try_pids(0, 3, lists[0]);
	while (ret > 0);
	for (int i = 0; i < 3; i++) {
		expect_errno(ret, ENOMEM, "round %d, a call when the namespace has ended", round);
		ret = try_pids(0, 3, lists[0]);
	}
	if (waitpid(init, NULL, 0) != init)
		broken("reap the init");
	if (killer)
		wait_ok(killer, "the process that kills the init");
	expect_errno(try_pids(0, 3, lists[0]), ENOMEM, "round %d, a call when the init is reaped", round);
	_exit(0);
}

static void outside(void)
{
	for (int round = 0; round < ROUNDS; round++) {
		pid_t pid = plain_clone(0);

		if (!pid)
			call_from_outside(round);
		wait_ok(pid, "the caller");
		nothing_taken(2, lists[0], lists[0][1], round);
		nothing_taken(LIST(X, Y), Y, round);
	}
}

static const struct level_row rows[] = {
	{ "the namespace that the callers are in", 1, inside },
	{ "the namespace that the caller's children are born in", 1, outside },
};

static const struct group ended_groups[] = { ROWS(killed_rows, run_killed), ROWS(rows, run_level_row) };

SUITE(ended);
