// SPDX-License-Identifier: GPL-2.0
/*
 * The old calls behave as before: clone3() with set_tid, in every detail, and fork(), vfork(), clone() and clone3()
 * without it.
 *
 * set_tid is ordered youngest first.  The kernel checks the levels one by one, from the youngest, and the first that
 * fails gives the error: {taken, 0} is EEXIST and {0, taken} EINVAL.  At each level it first checks the value (EINVAL),
 * then the privilege (EPERM), then whether the pid is taken (EEXIST).
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <sys/syscall.h>
#include <linux/capability.h>
#include <linux/sched.h>

#include "memory.h"
#include "nest.h"

#define X 21001
#define Y 22002
#define Z 23003
#define TAKEN 1			/* at level 2, and at both levels above */
#define MAX 32768		/* pid_max */

struct row {
	const char *name;
	int error;
	unsigned long flags;
	unsigned int size;
	pid_t set_tid[5];
	bool unprivileged;
};

static const struct row rows[] = {
	{ "no set_tid", 0, 0, 0, { 0 }, 0 },
	{ "z", 0, 0, 1, { Z }, 0 },
	{ "z y", 0, 0, 2, { Z, Y }, 0 },
	{ "z y x, youngest first", 0, 0, 3, { Z, Y, X }, 0 },
	{ "one too many", EINVAL, 0, 4, { Z, Y, X, X }, 0 },
	{ "pid_max - 1", 0, 0, 1, { MAX - 1 }, 0 },

	{ "0", EINVAL, 0, 1, { 0 }, 0 },
	{ "z 0", EINVAL, 0, 2, { Z, 0 }, 0 },
	{ "0 y", EINVAL, 0, 2, { 0, Y }, 0 },
	{ "z y 0", EINVAL, 0, 3, { Z, Y, 0 }, 0 },
	{ "z 0 x", EINVAL, 0, 3, { Z, 0, X }, 0 },
	{ "-1", EINVAL, 0, 1, { -1 }, 0 },
	{ "z -1", EINVAL, 0, 2, { Z, -1 }, 0 },
	{ "pid_max", EINVAL, 0, 1, { MAX }, 0 },
	{ "z y pid_max", EINVAL, 0, 3, { Z, Y, MAX }, 0 },

	{ "taken", EEXIST, 0, 1, { TAKEN }, 0 },
	{ "z taken", EEXIST, 0, 2, { Z, TAKEN }, 0 },
	{ "z y taken", EEXIST, 0, 3, { Z, Y, TAKEN }, 0 },
	{ "taken y x", EEXIST, 0, 3, { TAKEN, Y, X }, 0 },
	{ "taken 0: the youngest first", EEXIST, 0, 2, { TAKEN, 0 }, 0 },
	{ "0 taken: the youngest first", EINVAL, 0, 2, { 0, TAKEN }, 0 },
	{ "taken -1: the youngest first", EEXIST, 0, 2, { TAKEN, -1 }, 0 },
	{ "-1 taken: the youngest first", EINVAL, 0, 2, { -1, TAKEN }, 0 },
	{ "taken pid_max: the youngest first", EEXIST, 0, 2, { TAKEN, MAX }, 0 },
	{ "z taken 0", EEXIST, 0, 3, { Z, TAKEN, 0 }, 0 },
	{ "z 0 taken", EINVAL, 0, 3, { Z, 0, TAKEN }, 0 },

	{ "CLONE_NEWPID: no set_tid", 0, CLONE_NEWPID, 0, { 0 }, 0 },
	{ "CLONE_NEWPID: 1", 0, CLONE_NEWPID, 1, { 1 }, 0 },
	{ "CLONE_NEWPID: 1 z", 0, CLONE_NEWPID, 2, { 1, Z }, 0 },
	{ "CLONE_NEWPID: 1 z y x", 0, CLONE_NEWPID, 4, { 1, Z, Y, X }, 0 },
	{ "CLONE_NEWPID: one too many", EINVAL, CLONE_NEWPID, 5, { 1, Z, Y, X, X }, 0 },
	{ "CLONE_NEWPID: 0", EINVAL, CLONE_NEWPID, 1, { 0 }, 0 },
	{ "CLONE_NEWPID: 0 z", EINVAL, CLONE_NEWPID, 2, { 0, Z }, 0 },
	{ "CLONE_NEWPID: 2", EINVAL, CLONE_NEWPID, 1, { 2 }, 0 },
	{ "CLONE_NEWPID: z y x without the 1", EINVAL, CLONE_NEWPID, 3, { Z, Y, X }, 0 },
	{ "CLONE_NEWPID: 1 taken", EEXIST, CLONE_NEWPID, 2, { 1, TAKEN }, 0 },
	{ "CLONE_NEWPID: 2 taken", EINVAL, CLONE_NEWPID, 2, { 2, TAKEN }, 0 },

	{ "unprivileged: no set_tid", 0, 0, 0, { 0 }, true },
	{ "unprivileged: z", EPERM, 0, 1, { Z }, true },
	{ "unprivileged: taken", EPERM, 0, 1, { TAKEN }, true },
	{ "unprivileged: 0", EINVAL, 0, 1, { 0 }, true },
	{ "unprivileged: pid_max", EINVAL, 0, 1, { MAX }, true },
	{ "unprivileged: z 0", EPERM, 0, 2, { Z, 0 }, true },
	{ "unprivileged: one too many", EINVAL, 0, 4, { Z, Y, X, X }, true },
};

static long clone3_raw(struct clone_args *args, size_t size)
{
	long ret = syscall(SYS_clone3, args, size);

	return ret < 0 ? -errno : ret;
}

static long call_row(const void *arg)
{
	const struct row *r = arg;
	struct clone_args args = { .flags = r->flags, .exit_signal = SIGCHLD };

	if (r->size) {
		args.set_tid = (uintptr_t)r->set_tid;
		args.set_tid_size = r->size;
	}
	return clone3_raw(&args, sizeof(args));
}

static void refuse_row(const void *arg)
{
	const struct row *r = arg;
	struct nspid seen;

	expect_errno(born_by(call_row, r, &seen), r->error, "clone3()");
}

static void run_at_level_2(const void *arg)
{
	const struct row *r = arg;
	struct nspid seen;

	if (r->unprivileged)
		keep_capabilities(0);
	if (r->error) {
		counters_stay(refuse_row, r);
		return;
	}
	expect_errno(born_by(call_row, r, &seen), 0, "clone3()");
	expect(seen.levels, r->flags & CLONE_NEWPID ? 4 : 3, "the child's levels");
	for (unsigned int i = 0; i < r->size; i++)
		expect(seen.pid[seen.levels - 1 - i], r->set_tid[i], "set_tid[%u]; the child has {%s}", i,
		       nspid_text(&seen));
}

static void run_row(const void *row)
{
	at_level(2, run_at_level_2, row);
}

static long with_set_tid(uint64_t set_tid, uint64_t size)
{
	struct clone_args args = { .exit_signal = SIGCHLD, .set_tid = set_tid, .set_tid_size = size };
	long ret = clone3_raw(&args, sizeof(args));

	if (!ret)
		_exit(0);
	if (ret > 0)
		wait_ok(ret, "the child");
	return ret;
}

static void sizes(void)
{
	static const pid_t set_tid[34] = { Z };
	uintptr_t p = (uintptr_t)set_tid;

	expect_errno(with_set_tid(p, 1), 0, "a size of 1");
	expect_errno(with_set_tid(p, 2), EINVAL, "a size of 2 at level 0");
	expect_errno(with_set_tid(p, 32), EINVAL, "a size of 32 at level 0");
	expect_errno(with_set_tid(p, 33), EINVAL, "a size of 33");
	expect_errno(with_set_tid(p, 0xc0000400), EINVAL, "a size of 0xc0000400");
	expect_errno(with_set_tid(0, 1), EINVAL, "a size without a list");
	expect_errno(with_set_tid(p, 0), EINVAL, "a list without a size");
	expect_errno(with_set_tid(0xc0000000, 1), EFAULT, "a list in the kernel");
	expect_errno(with_set_tid((uintptr_t)put_at(LAST_BYTE_OUT, set_tid, 4), 1), EFAULT, "a list across a hole");
}

static void struct_sizes(void)
{
	struct {
		struct clone_args args;
		uint64_t more;
	} a = { .args.exit_signal = SIGCHLD };
	static const size_t good[] = { CLONE_ARGS_SIZE_VER0, CLONE_ARGS_SIZE_VER1, CLONE_ARGS_SIZE_VER2, sizeof(a) };
	long ret;

	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		ret = clone3_raw(&a.args, good[i]);
		if (!ret)
			_exit(0);
		expect_errno(ret, 0, "a struct of %zu bytes", good[i]);
		wait_ok(ret, "the child");
	}
	expect_errno(clone3_raw(&a.args, CLONE_ARGS_SIZE_VER0 - 1), EINVAL, "a struct of 63 bytes");
	a.more = 1;
	expect_errno(clone3_raw(&a.args, sizeof(a)), E2BIG, "a longer struct that is not 0 at its end");
}

/* CAP_CHECKPOINT_RESTORE is enough, and CAP_SYS_ADMIN is. */
static void capabilities(void)
{
	static const pid_t set_tid[] = { Z };

	keep_capabilities(1ULL << CAP_CHECKPOINT_RESTORE);
	expect_errno(with_set_tid((uintptr_t)set_tid, 1), 0, "only CAP_CHECKPOINT_RESTORE");
	keep_capabilities(0);
	expect_errno(with_set_tid((uintptr_t)set_tid, 1), EPERM, "none");
}

static void capability_sys_admin(void)
{
	static const pid_t set_tid[] = { Z };

	keep_capabilities(1ULL << CAP_SYS_ADMIN);
	expect_errno(with_set_tid((uintptr_t)set_tid, 1), 0, "only CAP_SYS_ADMIN");
}

/* The init of a user and pid namespace may choose in its own level, and not in the one above. */
static void privilege_by_level(void)
{
	static const pid_t own[] = { Z }, both[] = { Z, Y }, taken_first[] = { TAKEN, Y }, zero_first[] = { 0, Y },
		bad_last[] = { Z, 0 };
	pid_t pid = plain_clone(CLONE_NEWUSER | CLONE_NEWPID);

	if (pid) {
		wait_ok(pid, "root of a user namespace");
		return;
	}
	expect_errno(with_set_tid((uintptr_t)own, 1), 0, "its own level");
	expect_errno(with_set_tid((uintptr_t)both, 2), EPERM, "its own and the level above");
	expect_errno(with_set_tid((uintptr_t)taken_first, 2), EEXIST, "taken in its own level, EPERM above");
	expect_errno(with_set_tid((uintptr_t)zero_first, 2), EINVAL, "0 in its own level, EPERM above");
	expect_errno(with_set_tid((uintptr_t)bad_last, 2), EINVAL, "0 above: EINVAL before EPERM");
	expect_errno(with_set_tid((uintptr_t)own, 1), 0, "its own level again");
	_exit(0);
}

static long by_fork(const void *arg)
{
	(void)arg;
	return fork();
}

static long by_clone3(const void *arg)
{
	struct clone_args args = { .exit_signal = SIGCHLD };

	(void)arg;
	return clone3_raw(&args, sizeof(args));
}

/* The kernel's own numbers: each one more than the last, whoever asks. */
static void next_numbers(const void *arg)
{
	struct nspid a, b;
	pid_t pid;

	(void)arg;
	born_plain(&a);
	expect_errno(born_by(by_fork, NULL, &b), 0, "fork()");
	expect(b.pid[2], a.pid[2] + 1, "fork()'s pid");
	expect_errno(born_by(by_clone3, NULL, &b), 0, "clone3()");
	expect(b.pid[2], a.pid[2] + 2, "clone3()'s pid");
	pid = vfork();
	if (!pid)
		_exit(0);
	wait_ok(pid, "vfork()'s child");
	expect(pid, a.pid[2] + 3, "vfork()'s pid");
	born_plain(&b);
	expect(b.pid[2], a.pid[2] + 4, "clone()'s pid");
}

static void no_list(void)
{
	at_level(2, next_numbers, NULL);
}

static const struct function_row functions[] = {
	{ "set_tid_size", sizes },
	{ "size of the struct", struct_sizes },
	{ "CAP_CHECKPOINT_RESTORE is enough", capabilities },
	{ "CAP_SYS_ADMIN is enough", capability_sys_admin },
	{ "privilege is asked level by level", privilege_by_level },
	{ "fork, vfork, clone and clone3 without set_tid", no_list },
};

static const struct group clone3_groups[] = { ROWS(rows, run_row), FUNCTIONS(functions) };

SUITE(clone3);
