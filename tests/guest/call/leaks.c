// SPDX-License-Identifier: GPL-2.0
/*
 * Refusals leak nothing: after 20,000 of a kind the kernel uses no more memory than before, and every pid in the list
 * can be had.
 *
 * The figures are from /proc/meminfo: Slab + KernelStack + PageTables, where what the call allocates is counted
 * (struct pid, task_struct, stacks, copies of the caller's tables), and what is free at all.  One object of
 * the smallest size kept per call would be 156 kB in the first one (20,000 times 8 bytes).  The kernel's caches make
 * both go up and down; before the first reading the same call is made some thousand times.
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
#define KERNEL_KB 128
#define FREE_KB   512
#define SETTLE_MS 15000

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

/*
 * Memory that the kernel frees after an RCU grace period comes a little later, and nothing tells when: on a busy host,
 * seconds.
 */
static void check_memory(const struct figures *before)
{
	long deadline = now_ms() + SETTLE_MS;
	struct figures after;

	for (;;) {
		bool last = now_ms() > deadline;

		after = measure();
		if (after.kernel - before->kernel <= KERNEL_KB && before->available - after.available <= FREE_KB)
			return;
		if (last)
			break;
		sleep_ms(10);
	}
	fail("expected at most %d kB more in Slab + KernelStack + PageTables and %d kB less free memory; "
	     "before %ld and %ld kB, saw %ld and %ld kB", KERNEL_KB, FREE_KB, before->kernel, before->available,
	     after.kernel, after.available);
}

static void run_at_level_2(const void *arg)
{
	const struct row *r = arg;
	struct figures before;

	if (r->unprivileged)
		keep_capabilities(0);
	refuse(r, WARM_UP);
	before = measure();
	refuse(r, CALLS);
	check_memory(&before);
	if (!r->unprivileged)
		granted(0, LIST(X, Y, Z));
}

static void run_row(const void *row)
{
	at_level(2, run_at_level_2, row);
}

static const struct group leaks_groups[] = { ROWS(rows, run_row) };

SUITE(leaks);
