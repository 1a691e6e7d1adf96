// SPDX-License-Identifier: GPL-2.0
/*
 * Every argument at its boundaries, at level 0, with a caller that has every privilege: args_size, the addresses of
 * args and pids, the fields that must be 0, addresses and stacks, nr_pids, the pids themselves.
 *
 * A row is one call, in raw registers.  A refused call is made between two children of plain clone(), to show that no
 * namespace's counter has moved.  What a row does not mention is valid: args_size is 56, both objects are readable (up
 * to the last byte before a hole), flags are SIGCHLD.
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <linux/sched.h>

#include "calls.h"
#include "memory.h"

#define SIZE_IS(n)   .size_given = 1, .size = (n)
#define ONE_PID(p)   .args.nr_pids = 1, .pids = { p }
#define A            20001	/* pids that nobody has */
#define B            20002

struct row {
	const char *name;
	int error;			/* 0: the call is granted */
	unsigned long flags;
	long size;
	int size_given;
	enum place args_at, pids_at;
	struct clone_with_pids_args args;
	pid_t pids[2];
};

static const struct row rows[] = {
	{ "nothing but SIGCHLD", .error = 0 },
	{ "args_size 0", EINVAL, SIZE_IS(0) },
	{ "args_size 55", EINVAL, SIZE_IS(55) },
	{ "args_size 57", EINVAL, SIZE_IS(57) },
	{ "args_size 64", EINVAL, SIZE_IS(64) },
	{ "args_size 4096", EINVAL, SIZE_IS(4096) },
	{ "args_size -1", EINVAL, SIZE_IS(-1) },
	{ "args_size -56", EINVAL, SIZE_IS(-56) },
	{ "args_size INT_MAX", EINVAL, SIZE_IS(INT_MAX) },
	{ "args_size INT_MIN", EINVAL, SIZE_IS(INT_MIN) },
	{ "args_size 0x80000038", EINVAL, SIZE_IS(0x80000038L) },

	{ "args NULL", EFAULT, .args_at = AT_NULL },
	{ "args not mapped", EFAULT, .args_at = UNMAPPED },
	{ "args with the last byte in a hole", EFAULT, .args_at = LAST_BYTE_OUT },
	{ "args with the first byte before a hole", EFAULT, .args_at = FIRST_BYTE_IN },
	{ "args in the kernel", EFAULT, .args_at = KERNEL },
	{ "args reaching into the kernel", EFAULT, .args_at = INTO_KERNEL },
	{ "args at the top of the address space", EFAULT, .args_at = TOP },

	{ "clone_flags_high 1", EINVAL, .args.clone_flags_high = 1 },
	{ "clone_flags_high with the highest bit", EINVAL, .args.clone_flags_high = 1ULL << 63 },
	{ "clone_flags_high with bit 32", EINVAL, .args.clone_flags_high = 1ULL << 32 },
	{ "reserved0 1", EINVAL, .args.reserved0 = 1 },
	{ "reserved0 with the highest bit", EINVAL, .args.reserved0 = 1U << 31 },
	{ "reserved1 1", EINVAL, .args.reserved1 = 1 },
	{ "reserved1 with bit 32", EINVAL, .args.reserved1 = 1ULL << 32 },
	{ "reserved1 with the highest bit", EINVAL, .args.reserved1 = 1ULL << 63 },

	{ "parent_tid_ptr of 33 bits", EINVAL, .args.parent_tid_ptr = 1ULL << 32 },
	{ "parent_tid_ptr of 64 bits", EINVAL, .args.parent_tid_ptr = 1ULL << 63 },
	{ "child_tid_ptr of 33 bits", EINVAL, .args.child_tid_ptr = 1ULL << 32 },
	{ "child_tid_ptr of 64 bits", EINVAL, .args.child_tid_ptr = 1ULL << 63 },
	{ "tid pointers not used by a flag may point anywhere", 0,
	  .args.parent_tid_ptr = 0xffffffff, .args.child_tid_ptr = 0xc0000000 },
	{ "child_stack_base of 33 bits", EINVAL, .args.child_stack_base = 1ULL << 32 },
	{ "child_stack_base of 33 bits and a size", EINVAL,
	  .args.child_stack_base = (1ULL << 32) + 4096, .args.child_stack_size = 4096 },
	{ "child_stack_size of 33 bits", EINVAL,
	  .args.child_stack_base = 4096, .args.child_stack_size = 1ULL << 32 },
	{ "child_stack_size of 33 bits without a base", EINVAL, .args.child_stack_size = 1ULL << 32 },
	{ "child_stack_size without a base", EINVAL, .args.child_stack_size = 4096 },
	{ "child_stack_size 1 without a base", EINVAL, .args.child_stack_size = 1 },
	{ "a stack that ends at exactly 2^32", EINVAL,
	  .args.child_stack_base = 0xfffff000, .args.child_stack_size = 0x1000 },
	{ "a stack of 2^32 - 1 bytes that ends at exactly 2^32", EINVAL,
	  .args.child_stack_base = 1, .args.child_stack_size = 0xffffffff },
	{ "a stack that wraps by one byte", EINVAL,
	  .args.child_stack_base = 0xfffff000, .args.child_stack_size = 0x1001 },
	{ "a stack that wraps as far as can be", EINVAL,
	  .args.child_stack_base = 0xffffffff, .args.child_stack_size = 0xffffffff },
	{ "a stack whose sum wraps in 64 bits", EINVAL,
	  .args.child_stack_base = 4096, .args.child_stack_size = -4096ULL },
	{ "a stack whose sum wraps in 64 bits to a good address", EINVAL,
	  .args.child_stack_base = -4096ULL, .args.child_stack_size = 0x8000 },

	{ "nr_pids 0, pids in the kernel", 0, .pids_at = KERNEL },
	{ "nr_pids 0, pids NULL", 0, .pids_at = AT_NULL },
	{ "nr_pids 1, all levels", 0, ONE_PID(A) },
	{ "nr_pids one too many", EINVAL, .args.nr_pids = 2, .pids = { A, B } },
	{ "nr_pids 34", EINVAL, .args.nr_pids = 34 },
	{ "nr_pids 35", EINVAL, .args.nr_pids = 35 },
	{ "nr_pids 0x40000000 (0 when counted in bytes)", EINVAL, .args.nr_pids = 0x40000000 },
	{ "nr_pids 0x40000001 (4 when counted in bytes)", EINVAL, .args.nr_pids = 0x40000001 },
	{ "nr_pids 0x7fffffff", EINVAL, .args.nr_pids = 0x7fffffff },
	{ "nr_pids 0x80000000", EINVAL, .args.nr_pids = 0x80000000 },
	{ "nr_pids 0x80000001", EINVAL, .args.nr_pids = 0x80000001 },
	{ "nr_pids 0xc0000001", EINVAL, .args.nr_pids = 0xc0000001 },
	{ "nr_pids 0xc0000400", EINVAL, .args.nr_pids = 0xc0000400 },
	{ "nr_pids 0xffffffff", EINVAL, .args.nr_pids = 0xffffffff },
	{ "nr_pids one too many with CLONE_NEWPID", EINVAL, CLONE_NEWPID, .args.nr_pids = 2, .pids = { A, 1 } },
	{ "nr_pids 0xffffffff with CLONE_NEWPID", EINVAL, CLONE_NEWPID, .args.nr_pids = 0xffffffff },

	{ "pids NULL", EFAULT, ONE_PID(A), .pids_at = AT_NULL },
	{ "pids not mapped", EFAULT, ONE_PID(A), .pids_at = UNMAPPED },
	{ "pids with the last byte in a hole", EFAULT, ONE_PID(A), .pids_at = LAST_BYTE_OUT },
	{ "pids with the first byte before a hole", EFAULT, ONE_PID(A), .pids_at = FIRST_BYTE_IN },
	{ "pids in the kernel", EFAULT, ONE_PID(A), .pids_at = KERNEL },
	{ "pids reaching into the kernel", EFAULT, ONE_PID(A), .pids_at = INTO_KERNEL },
	{ "pids at the top of the address space", EFAULT, ONE_PID(A), .pids_at = TOP },

	{ "pid -1", EINVAL, ONE_PID(-1) },
	{ "pid INT_MIN", EINVAL, ONE_PID(INT_MIN) },
	{ "pid INT_MAX", EINVAL, ONE_PID(INT_MAX) },
	{ "pid of this machine's first process", EBUSY, ONE_PID(1) },
	{ "pid of a kernel thread", EBUSY, ONE_PID(2) },
	{ "pid that nobody has, below the reserved 300", 0, ONE_PID(299) },
	{ "pid 0: the kernel chooses", 0, ONE_PID(0) },

	{ "flags that clone() refuses: CLONE_THREAD alone", EINVAL, .flags = CLONE_THREAD },
	{ "flags that clone() refuses: CLONE_SIGHAND alone", EINVAL, .flags = CLONE_SIGHAND, ONE_PID(A) },
	{ "flags that clone() refuses: CLONE_NEWNS | CLONE_FS", EINVAL, .flags = CLONE_NEWNS | CLONE_FS, ONE_PID(A) },
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

static void run_row(const void *arg)
{
	const struct row *r = arg;
	struct call c = { .row = r, .size = r->size_given ? r->size : (long)sizeof(r->args) };
	size_t pids_size = r->args.nr_pids <= 2 ? r->args.nr_pids * sizeof(pid_t) : sizeof(r->pids);

	c.args = put_at(r->args_at, &r->args, sizeof(r->args));
	c.pids = put_at(r->pids_at, r->pids, pids_size);
	if (r->error)
		counters_stay(make_call, &c);
	else
		make_call(&c);
}

static const struct group arguments_groups[] = { ROWS(rows, run_row) };

SUITE(arguments);
