// SPDX-License-Identifier: GPL-2.0
/*
 * A call that fails late keeps its numbers until it has cleaned up: whoever asks for one of them meanwhile gets EBUSY,
 * and what somebody else gets afterwards is not taken away again.
 *
 *	1 caller         its children are born in a namespace whose init is gone: alloc_pid() fails when all else of
 *	                 the child is made.  It has much memory, and to copy and free the child's takes long.
 *	2 competitor     at the same level, real-time: it wakes in the middle of a call, holds the call's numbers if it
 *	                 gets them, lets the caller go on, and looks whether they are still taken.
 *
 * One CPU is enough: copying and freeing memory give the processor away.
 */
#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "nest.h"

#define X 21001
#define Y 22002
#define Z 23003
#define MEMORY (12 << 20)
#define ROUNDS 120

static struct shared {
	int calls, stop;
} *shared;

/* The namespace of the caller's children has had an init, and has none any more. */
static void enter_ended_namespace(void)
{
	struct held init;

	if (unshare(CLONE_NEWPID) < 0)
		broken("unshare(CLONE_NEWPID)");
	init = hold(0, LIST(X + 1, Y + 1, 1));
	release(&init);
}

static __attribute__((noreturn)) void call_and_fail(void)
{
	char *memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		broken("mmap");
	memset(memory, 1, MEMORY);
	enter_ended_namespace();
	while (!__atomic_load_n(&shared->stop, __ATOMIC_RELAXED)) {
		long ret = try_pids(0, LIST(X, Y, Z));

		if (ret != -EBUSY)
			expect_errno(ret, ENOMEM, "a call when the namespace has ended");
		__atomic_add_fetch(&shared->calls, 1, __ATOMIC_RELAXED);
	}
	_exit(0);
}

/* As hold(), but the numbers may be taken. */
static bool hold_if_free(struct held *h)
{
	static const pid_t pids[] = { X, Y };
	int pipefd[2];

	if (pipe(pipefd) < 0)
		broken("pipe");
	h->pid = clone_with_pids(0, pids, ARRAY_SIZE(pids));
	if (!h->pid)
		wait_for_release(pipefd);
	if (h->pid < 0 && errno != EBUSY)
		broken("the competitor's call");
	h->fd = pipefd[1];
	close(pipefd[0]);
	if (h->pid < 0)
		close(h->fd);
	return h->pid > 0;
}

static void nap(int round)
{
	usleep(300 + 170 * (round % 53));
}

/* Two calls later the one that was running, if one was, has ended. */
static void let_caller_go_on(void)
{
	int calls = __atomic_load_n(&shared->calls, __ATOMIC_RELAXED);

	while (__atomic_load_n(&shared->calls, __ATOMIC_RELAXED) < calls + 2)
		usleep(1000);
}

static void compete(void)
{
	int met = 0, got = 0;

	for (int round = 0; round < ROUNDS || !met || !got; round++) {
		struct held h;

		if (round == 20 * ROUNDS)
			fail("in %d rounds, %d met a call and %d did not", round, met, got);
		nap(round);
		if (!hold_if_free(&h)) {
			met++;
			continue;
		}
		got++;
		let_caller_go_on();
		expect_errno(try_pids(0, LIST(X, 0)), EBUSY, "round %d, the number at level 0 that the competitor has",
			     round);
		expect_errno(try_pids(0, LIST(Y)), EBUSY, "round %d, the number at level 1 that the competitor has",
			     round);
		release(&h);
	}
	note("%d met a call, %d did not", met, got);
}

static void late_failure(void)
{
	static const struct sched_param first = { .sched_priority = 1 };
	pid_t caller;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		broken("mmap");
	caller = plain_clone(0);
	if (caller < 0)
		broken("clone");
	if (!caller)
		call_and_fail();
	/* The C library has it only as a refusal. */
	if (syscall(SYS_sched_setscheduler, 0, SCHED_FIFO | SCHED_RESET_ON_FORK, &first) < 0)
		broken("sched_setscheduler");
	compete();
	__atomic_store_n(&shared->stop, 1, __ATOMIC_RELAXED);
	wait_ok(caller, "the caller");
}

/* What the kernel chose for a call that failed late is free again, as what the caller chose is. */
static void given_back(void)
{
	struct nspid before, after;
	pid_t caller;

	born_plain(&before);
	caller = plain_clone(0);
	if (!caller) {
		enter_ended_namespace();
		for (int i = 0; i < 3; i++)
			expect_errno(try_pids(0, LIST(X, 0, Z)), ENOMEM, "call %d when the namespace has ended", i);
		_exit(0);
	}
	wait_ok(caller, "the caller");
	born_plain(&after);
	for (pid_t pid = before.pid[1] + 1; pid < after.pid[1]; pid++)
		expect_errno(try_pids(0, LIST(pid)), 0, "pid %d, used at level 1 meanwhile", pid);
	granted(0, LIST(X, Y));
}

static const struct level_row rows[] = {
	{ "by a call whose namespace has ended", 1, late_failure },
	{ "given back: what the kernel chose, too", 1, given_back },
};

static const struct group kept_groups[] = { ROWS(rows, run_level_row) };

SUITE(kept);
