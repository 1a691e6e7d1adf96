// SPDX-License-Identifier: GPL-2.0
/*
 * The order of the checks.  The rows of the table of errors, in that order:
 *
 *	1 EINVAL  args_size              5 EINVAL  nr_pids             9 EBUSY  a pid is taken
 *	2 EFAULT  args                   6 EPERM   no CAP_SYS_ADMIN      whatever clone() says
 *	3 EINVAL  high flags, reserved   7 EFAULT  pids
 *	4 EINVAL  addresses, stack       8 EINVAL  a pid's value
 *
 * A call that violates two rows gets the earlier one's error.  Every pair of neighbours is here, and the other
 * pairs that can be told apart by their errors.  At level 1, so that a list has two entries.
 *
 * What clone() says comes last, from two places: what it finds wrong with the flags, it finds before it takes
 * a pid, and other things afterwards (here: a descriptor for CLONE_PIDFD that cannot be stored).
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <linux/sched.h>

#include "memory.h"
#include "nest.h"

#define PRIVILEGED   false
#define UNPRIVILEGED true
#define TAKEN        1		/* the init of level 1; this machine's init at level 0 */
#define FREE         20001
#define BAD          (-1)
#define BAD_STACK    .args.child_stack_size = 4096
#define BAD_FLAGS    CLONE_THREAD	/* without CLONE_SIGHAND: EINVAL from clone() */

struct row {
	const char *name;
	int error;
	bool unprivileged;
	unsigned long flags;
	long wrong_size;
	enum place args_at, pids_at;
	struct clone_with_pids_args args;
	pid_t pids[2];
};

static const struct row rows[] = {
	{ "1 before 2: args_size, args", EINVAL, .wrong_size = 55, .args_at = AT_NULL },
	{ "1 before 2: args_size -1, args in the kernel", EINVAL, .wrong_size = -1, .args_at = KERNEL },
	{ "1 before 6: args_size, privilege", EINVAL, UNPRIVILEGED, .wrong_size = 57, .args.nr_pids = 1 },
	{ "1 before 7: args_size, pids", EINVAL, .wrong_size = 57, .args.nr_pids = 1, .pids_at = AT_NULL },
	{ "1 before 9: args_size, taken", EINVAL, .wrong_size = 57, .args.nr_pids = 1, .pids = { TAKEN } },

	{ "2 before 3: args, high flags in the part that can be read", EFAULT,
	  .args_at = LAST_BYTE_OUT, .args.clone_flags_high = 1 },
	{ "2 before 5: args, nr_pids in the part that can be read", EFAULT,
	  .args_at = LAST_BYTE_OUT, .args.nr_pids = 0xc0000400 },
	{ "2 before 6: args, privilege", EFAULT, UNPRIVILEGED, .args_at = AT_NULL },
	{ "2 before clone(): args, flags", EFAULT, .flags = BAD_FLAGS, .args_at = UNMAPPED },

	{ "3 before 4: high flags, stack", EINVAL, .args.clone_flags_high = 1, BAD_STACK },
	{ "3 before 6: high flags, privilege", EINVAL, UNPRIVILEGED,
	  .args.clone_flags_high = 1, .args.nr_pids = 1, .pids = { FREE } },
	{ "3 before 6: reserved0, privilege", EINVAL, UNPRIVILEGED,
	  .args.reserved0 = 1, .args.nr_pids = 1, .pids = { FREE } },
	{ "3 before 7: reserved1, pids", EINVAL, .args.reserved1 = 1, .args.nr_pids = 1, .pids_at = AT_NULL },
	{ "3 before 9: reserved1, taken", EINVAL, .args.reserved1 = 1, .args.nr_pids = 1, .pids = { TAKEN } },

	{ "4 before 5: stack, nr_pids", EINVAL, BAD_STACK, .args.nr_pids = 3 },
	{ "4 before 6: stack, privilege", EINVAL, UNPRIVILEGED, BAD_STACK, .args.nr_pids = 1, .pids = { FREE } },
	{ "4 before 6: pointer, privilege", EINVAL, UNPRIVILEGED,
	  .args.parent_tid_ptr = 1ULL << 32, .args.nr_pids = 1, .pids = { FREE } },
	{ "4 before 7: stack, pids", EINVAL, BAD_STACK, .args.nr_pids = 1, .pids_at = AT_NULL },
	{ "4 before 9: stack, taken", EINVAL, BAD_STACK, .args.nr_pids = 1, .pids = { TAKEN } },

	{ "5 before 6: nr_pids one too many, privilege", EINVAL, UNPRIVILEGED, .args.nr_pids = 3 },
	{ "5 before 6: nr_pids 0xc0000400, privilege", EINVAL, UNPRIVILEGED, .args.nr_pids = 0xc0000400 },
	{ "5 before 6: nr_pids one too many with CLONE_NEWPID, privilege", EINVAL, UNPRIVILEGED,
	  .flags = CLONE_NEWPID, .args.nr_pids = 3 },
	{ "5 before 7: nr_pids, pids", EINVAL, .args.nr_pids = 3, .pids_at = AT_NULL },
	{ "5 before 9: nr_pids, taken", EINVAL, .args.nr_pids = 3, .pids = { TAKEN, TAKEN } },

	{ "6 before 7: privilege, pids NULL", EPERM, UNPRIVILEGED, .args.nr_pids = 1, .pids_at = AT_NULL },
	{ "6 before 7: privilege, pids in the kernel", EPERM, UNPRIVILEGED, .args.nr_pids = 2, .pids_at = KERNEL },
	{ "6 before 7: privilege, pids reach into a hole", EPERM, UNPRIVILEGED,
	  .args.nr_pids = 2, .pids_at = LAST_BYTE_OUT },
	{ "6 before 8: privilege, negative", EPERM, UNPRIVILEGED, .args.nr_pids = 1, .pids = { BAD } },
	{ "6 before 9: privilege, taken", EPERM, UNPRIVILEGED, .args.nr_pids = 1, .pids = { TAKEN } },
	{ "6 before clone(): privilege, flags", EPERM, UNPRIVILEGED, .flags = BAD_FLAGS,
	  .args.nr_pids = 1, .pids = { FREE } },
	{ "6 even for a list of zeros", EPERM, UNPRIVILEGED, .args.nr_pids = 2, .pids = { 0, 0 } },

	{ "7 before 8: pids reach into a hole, negative in front of it", EFAULT,
	  .args.nr_pids = 2, .pids_at = LAST_BYTE_OUT, .pids = { BAD, FREE } },
	{ "7 before 9: pids reach into a hole, taken in front of it", EFAULT,
	  .args.nr_pids = 2, .pids_at = LAST_BYTE_OUT, .pids = { TAKEN, FREE } },
	{ "7 before clone(): pids, flags", EFAULT, .flags = BAD_FLAGS, .args.nr_pids = 1, .pids_at = AT_NULL },

	{ "8 before 9: negative in the oldest, taken in the youngest", EINVAL,
	  .args.nr_pids = 2, .pids = { BAD, TAKEN } },
	{ "8 before 9: taken in the oldest, negative in the youngest", EINVAL,
	  .args.nr_pids = 2, .pids = { TAKEN, BAD } },
	{ "8 before 9: too large in the oldest, taken in the youngest", EINVAL,
	  .args.nr_pids = 2, .pids = { 0x7fffffff, TAKEN } },
	{ "8 before 9: taken in the oldest, too large in the youngest", EINVAL,
	  .args.nr_pids = 2, .pids = { TAKEN, 0x7fffffff } },
	{ "8 before clone(): negative, a descriptor that cannot be stored", EINVAL, .flags = CLONE_PIDFD,
	  .args.nr_pids = 1, .pids = { BAD } },

	{ "9 before clone(): taken, a descriptor that cannot be stored", EBUSY, .flags = CLONE_PIDFD,
	  .args.nr_pids = 1, .pids = { TAKEN } },
	{ "9 before clone(): taken, flags", EBUSY, .flags = BAD_FLAGS, .args.nr_pids = 1, .pids = { TAKEN } },
	{ "clone() last: a descriptor that cannot be stored", EFAULT, .flags = CLONE_PIDFD,
	  .args.nr_pids = 2, .pids = { FREE, FREE } },
};

struct call {
	const struct row *row;
	const void *args, *pids;
	long size;
};

static void make_call(const void *arg)
{
	const struct call *c = arg;
	long ret = try_registers(c->row->flags | SIGCHLD, c->args, c->size, NULL, c->pids);

	expect_errno(ret, c->row->error, "the call");
}

static void run_at_level_1(const void *arg)
{
	const struct row *r = arg;
	struct call c = { .row = r, .size = sizeof(r->args) };

	if (r->wrong_size)
		c.size = r->wrong_size;
	c.args = put_at(r->args_at, &r->args, sizeof(r->args));
	c.pids = put_at(r->pids_at, r->pids, sizeof(r->pids));
	if (r->unprivileged)
		keep_capabilities(0);
	counters_stay(make_call, &c);
}

static void run_row(const void *row)
{
	at_level(1, run_at_level_1, row);
}

static const struct group order_groups[] = { ROWS(rows, run_row) };

SUITE(order);
