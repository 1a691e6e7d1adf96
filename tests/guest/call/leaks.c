// SPDX-License-Identifier: GPL-2.0
/*
 * Refusals leak nothing: after 20,000 of a kind the kernel uses no more memory than before, and every pid in the list
 * can be had.
 *
 * The figures are from /proc/meminfo: Slab + KernelStack + PageTables, where what the call allocates is counted
 * (struct pid, task_struct, stacks, copies of the caller's tables), and what is free at all.  One object of
 * the smallest size kept per call would be 156 kB in the first one (20,000 times 8 bytes).  The kernel's caches make
 * both go up and down; before the first reading the same call is made some thousand times.  Only what grows in each of
 * some rounds is a leak: on a busy host the kernel is late, by thousands of calls, in freeing what an RCU grace period
 * held back.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <linux/sched.h>

#include "memory.h"
#include "nest.h"
#include "lib/wait.h"

#define CALLS   20000
#define WARM_UP 2000
#define KERNEL_KB 128		/* in the first round; the caches are warm in the later ones, half of it there */
#define FREE_KB   (4 * KERNEL_KB)
#define SETTLE_MS 3000
#define ROUNDS    4

#define X 21001
#define Y 22002
#define Z 23003
#define TAKEN 1

struct row {
	const char *name;
	int error;
	unsigned long flags;
	int wrong_size;
	bool unprivileged;
	enum place args_at, pids_at;
	struct clone_with_pids_args args;
	pid_t pids[3];
};

/* What a child can share is shared: it is the same path, and 20,000 times a fork take long. */
#define SHARE (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_SYSVSEM)

static const struct row rows[] = {
	{ "args_size", EINVAL, .wrong_size = 1 },
	{ "args", EFAULT, .args_at = LAST_BYTE_OUT },
	{ "high flags", EINVAL, .args.clone_flags_high = 1 },
	{ "stack", EINVAL, .args.child_stack_size = 1 },
	{ "nr_pids", EINVAL, .args.nr_pids = 0xc0000400 },
	{ "privilege", EPERM, .unprivileged = true, .args.nr_pids = 3, .pids = { X, Y, Z } },
	{ "pids", EFAULT, .pids_at = LAST_BYTE_OUT, .args.nr_pids = 3, .pids = { X, Y, Z } },
	{ "a negative pid", EINVAL, .args.nr_pids = 3, .pids = { X, Y, -1 } },
	{ "taken at the youngest level", EBUSY, SHARE, .args.nr_pids = 3, .pids = { X, Y, TAKEN } },
	{ "taken at the middle level", EBUSY, SHARE, .args.nr_pids = 3, .pids = { X, TAKEN, Z } },
	{ "taken at the oldest level", EBUSY, SHARE, .args.nr_pids = 3, .pids = { TAKEN, Y, Z } },
	{ "taken, and 0 at the others", EBUSY, SHARE, .args.nr_pids = 3, .pids = { TAKEN, 0, 0 } },
	{ "taken, nothing shared", EBUSY, .args.nr_pids = 3, .pids = { TAKEN, Y, Z } },
	{ "taken, for a new namespace", EBUSY, CLONE_NEWPID, .args.nr_pids = 3, .pids = { TAKEN, Y, Z } },
	{ "flags that clone() refuses", EINVAL, CLONE_THREAD, .args.nr_pids = 3, .pids = { X, Y, Z } },
	{ "clone() fails when it has the pids", EFAULT, CLONE_VM | CLONE_FS | CLONE_PIDFD,
	  .args.parent_tid_ptr = 0xc0000000, .args.nr_pids = 3, .pids = { X, Y, Z } },
};

struct figures {
	long kernel, available;
};

static struct figures measure(void)
{
	return (struct figures){
		meminfo("Slab") + meminfo("KernelStack") + meminfo("PageTables"),
		free_memory(),
	};
}

static void refuse(const struct row *r, int times)
{
	const void *args = put_at(r->args_at, &r->args, sizeof(r->args));
	const void *pids = put_at(r->pids_at, r->pids, sizeof(r->pids));
	long size = sizeof(r->args) + r->wrong_size;

	for (int i = 0; i < times; i++)
		expect_errno(try_registers(r->flags | SIGCHLD, args, size, NULL, pids), r->error, "call %d", i);
}

static bool has_grown(const struct figures *before, const struct figures *after, int round)
{
	int parts = round ? 2 : 1;

	return after->kernel - before->kernel > KERNEL_KB / parts || before->available - after->available > FREE_KB / parts;
}

/* Measure once more, until there is no growth; nothing tells when the kernel has freed what it is about to free. */
static struct figures settle(const struct figures *before, int round)
{
	long deadline = now_ms() + SETTLE_MS;
	struct figures after = measure();

	while (has_grown(before, &after, round) && now_ms() < deadline) {
		sleep_ms(10);
		after = measure();
	}
	return after;
}

static void run_at_level_2(const void *arg)
{
	const struct row *r = arg;
	struct figures before, after;
	bool grown = true;

	if (r->unprivileged)
		keep_capabilities(0);
	refuse(r, WARM_UP);
	after = measure();
	for (int round = 0; grown && round < ROUNDS; round++) {
		before = after;
		refuse(r, CALLS);
		after = settle(&before, round);
		grown = has_grown(&before, &after, round);
	}
	if (grown)
		fail("expected no more than %d kB more in Slab + KernelStack + PageTables and %d kB less free memory in one of "
		     "%d rounds; before the last %ld and %ld kB, saw %ld and %ld kB", KERNEL_KB, FREE_KB, ROUNDS,
		     before.kernel, before.available, after.kernel, after.available);
	if (!r->unprivileged)
		granted(0, LIST(X, Y, Z));
}

static void run_row(const void *row)
{
	at_level(2, run_at_level_2, row);
}

static const struct group leaks_groups[] = { ROWS(rows, run_row) };

SUITE(leaks);
