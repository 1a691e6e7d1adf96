// SPDX-License-Identifier: GPL-2.0
/*
 * The registers with which a child is born: its stack pointer is child_stack_base + child_stack_size, or the
 * caller's if both are 0; eax is 0 and every other register is the caller's.  A tracer reads them before the
 * child's first instruction, so that the addresses need not be good ones.  (Stacks that are refused: the suite
 * `arguments'.)
 */
#include <signal.h>
#include <stdint.h>
#include <unistd.h>
#include <linux/sched.h>

#include "calls.h"
#include "parked.h"
#include "thread.h"
#include "trace.h"

#define P 21001
#define CALLERS 0

struct row {
	const char *name;
	uint32_t base, size;
	unsigned long stack;	/* CALLERS or an address */
	unsigned int nr;
};

static const struct row rows[] = {
	{ "both 0: the caller's", 0, 0, CALLERS, 1 },
	{ "both 0: the caller's, without a list", 0, 0, CALLERS, 0 },
	{ "base and size", 0x10000000, 0x4000, 0x10004000, 1 },
	{ "base and size, without a list", 0x10000000, 0x4000, 0x10004000, 0 },
	{ "base with size 0", 0x10000000, 0, 0x10000000, 1 },
	{ "base with size 0, without a list", 0x10000000, 0, 0x10000000, 0 },
	{ "base 1 with size 0", 1, 0, 1, 1 },
	{ "an odd sum", 0x10000001, 0x1002, 0x10001003, 1 },
	{ "base 1 and size 1", 1, 1, 2, 1 },
	{ "base in the kernel", 0xc0000000, 0x1000, 0xc0001000, 1 },
	{ "the highest sum: 2^32 - 1", 0xfffff000, 0xfff, 0xffffffff, 1 },
	{ "the highest base", 0xffffffff, 0, 0xffffffff, 1 },
	{ "the highest size", 1, 0xfffffffe, 0xffffffff, 1 },
};

static void run_row(const void *row)
{
	const struct row *r = row;
	static const pid_t pids[] = { P };
	struct clone_with_pids_args args = {
		.child_stack_base = r->base,
		.child_stack_size = r->size,
		.nr_pids = r->nr,
	};
	struct traced_call call = { SIGCHLD, &args, (void *)0x5eed, pids, 0 };
	unsigned long stack;
	struct trace t;

	trace_call(&call, &t);
	if (!t.event)
		fail("the child was not seen by the tracer");
	stack = r->stack == CALLERS ? (unsigned long)t.caller.esp : r->stack;
	if ((unsigned long)t.child.esp != stack)
		fail("the child's esp: expected %#lx, saw %#lx", stack, (unsigned long)t.child.esp);
	expect(t.child.eax, 0, "the child's eax");
	expect(t.child.ebx, SIGCHLD, "the child's ebx");
	expect(t.child.ecx, (long)&args, "the child's ecx");
	expect(t.child.edx, sizeof(args), "the child's edx");
	expect(t.child.esi, 0x5eed, "the child's esi");
	expect(t.child.edi, (long)pids, "the child's edi");
	expect(t.child.ebp, t.caller.ebp, "the child's ebp");
	expect(t.child.eip, t.caller.eip, "the child's eip");
	expect(t.child.xgs, t.caller.xgs, "the child's gs");
	expect(t.caller.orig_eax, 537, "the number of the call");
}

/*
 * Where a child really runs: the address of a variable of its own, told in shared memory.  It is told as a number: the
 * variable is gone when that is read.
 */
static char stack[STACK_SIZE] __attribute__((aligned(16)));

static int tell_stack(void *arg)
{
	volatile char local = 0;

	*(volatile uintptr_t *)arg = (uintptr_t)&local;
	return local;
}

static void runs_there(void)
{
	volatile uintptr_t local = 0;
	struct clone_with_pids_args args = {
		.child_stack_base = (uintptr_t)stack,
		.child_stack_size = sizeof(stack),
		.nr_pids = 1,
	};
	long ret = clone_with_pids_on_stack(CLONE_VM | SIGCHLD, &args, NULL, &(pid_t){ P }, tell_stack,
					    (void *)&local);

	expect(ret, P, "the call");
	wait_ok(ret, "the child on its own stack");
	if (local - (uintptr_t)stack >= sizeof(stack))
		fail("the child ran on another stack: %#lx is not in %p..%p", (unsigned long)local,
		     (void *)stack, (void *)(stack + sizeof(stack)));
}

static const struct function_row functions[] = {
	{ "a child runs on the stack it was given", runs_there },
};

static const struct group stacks_groups[] = { ROWS(rows, run_row), FUNCTIONS(functions) };

SUITE(stacks);
