// SPDX-License-Identifier: GPL-2.0
/*
 * The system calls that create a task with chosen pids.  All inline assembly of the project is in this file.
 */
#include <assert.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <asm/unistd.h>
#include <sys/syscall.h>
#include <linux/futex.h>
#include <linux/sched.h>

#include "clone_with_pids.h"

/* The layout as the documentation has it, on this side of the ABI, too. */
static_assert(sizeof(struct clone_with_pids_args) == CLONE_WITH_PIDS_ARGS_SIZE, "size");
static_assert(offsetof(struct clone_with_pids_args, clone_flags_high) == 0, "clone_flags_high");
static_assert(offsetof(struct clone_with_pids_args, child_stack_base) == 8, "child_stack_base");
static_assert(offsetof(struct clone_with_pids_args, child_stack_size) == 16, "child_stack_size");
static_assert(offsetof(struct clone_with_pids_args, parent_tid_ptr) == 24, "parent_tid_ptr");
static_assert(offsetof(struct clone_with_pids_args, child_tid_ptr) == 32, "child_tid_ptr");
static_assert(offsetof(struct clone_with_pids_args, nr_pids) == 40, "nr_pids");
static_assert(offsetof(struct clone_with_pids_args, reserved0) == 44, "reserved0");
static_assert(offsetof(struct clone_with_pids_args, reserved1) == 48, "reserved1");
static_assert(__NR_clone_with_pids == 537, "number");

long system_call(long number, unsigned long b, unsigned long c, unsigned long d,
		 unsigned long si, unsigned long di)
{
	long ret;

	__asm__ volatile("int $0x80"
			 : "=a"(ret)
			 : "0"(number), "b"(b), "c"(c), "d"(d), "S"(si), "D"(di)
			 : "memory");
	return ret;
}

long clone_with_pids_raw(unsigned long flags, const void *args, long args_size,
			 const void *tls, const void *pids)
{
	return system_call(__NR_clone_with_pids, flags, (unsigned long)args, args_size,
			   (unsigned long)tls, (unsigned long)pids);
}

/*
 * The child has nothing of its parent's but the registers, and all of them are taken: fn and arg are left for
 * it on its own stack.  The ABI wants that stack aligned to 16 bytes where fn is called, with arg on top.
 */
long clone_with_pids_on_stack(unsigned long flags, const struct clone_with_pids_args *args,
			      const void *tls, const void *pids, int (*fn)(void *), void *arg)
{
	struct clone_with_pids_args a = *args;
	unsigned long top = (a.child_stack_base + a.child_stack_size) & ~15UL;
	void **sp = (void **)top - 5;
	long ret;

	sp[0] = (void *)fn;
	sp[1] = arg;
	a.child_stack_base = (unsigned long)sp;
	a.child_stack_size = 0;

	__asm__ volatile("int $0x80\n\t"
			 "test %%eax, %%eax\n\t"
			 "jnz 1f\n\t"
			 "xor %%ebp, %%ebp\n\t"		/* the outermost frame */
			 "pop %%eax\n\t"		/* fn; arg is now its argument */
			 "call *%%eax\n\t"
			 "mov %%eax, %%ebx\n\t"
			 "mov %[exit], %%eax\n\t"
			 "int $0x80\n\t"
			 "hlt\n"
			 "1:"
			 : "=a"(ret)
			 : "0"(__NR_clone_with_pids), "b"(flags), "c"(&a), "d"(sizeof(a)),
			   "S"(tls), "D"(pids), [exit] "i"(__NR_exit)
			 : "memory");
	return ret;
}

/*
 * Six registers are taken by the call, so that they are loaded from an array; ebp, which none of these calls
 * looks at, leads the child to its struct.
 */
long system_call_parked(long number, unsigned long b, unsigned long c, unsigned long d,
			unsigned long si, unsigned long di, struct parked *p)
{
	unsigned long registers[] = { number, b, c, d, si, di, (unsigned long)p };
	unsigned long ret = (unsigned long)registers;

	__asm__ volatile("push %%ebp\n\t"
			 "mov 4(%%eax), %%ebx\n\t"
			 "mov 8(%%eax), %%ecx\n\t"
			 "mov 12(%%eax), %%edx\n\t"
			 "mov 16(%%eax), %%esi\n\t"
			 "mov 20(%%eax), %%edi\n\t"
			 "mov 24(%%eax), %%ebp\n\t"
			 "mov (%%eax), %%eax\n\t"
			 "mov %%esp, %c[caller_sp](%%ebp)\n\t"
			 "int $0x80\n\t"
			 "test %%eax, %%eax\n\t"
			 "jnz 4f\n\t"
			 /* The child says what it sees, ... */
			 "mov %%esp, %c[sp](%%ebp)\n\t"
			 "mov %[getpid], %%eax\n\t"
			 "int $0x80\n\t"
			 "mov %%eax, %c[tgid](%%ebp)\n\t"
			 "mov %[gettid], %%eax\n\t"
			 "int $0x80\n\t"
			 "mov %%eax, %c[tid](%%ebp)\n\t"
			 "mov %c[look](%%ebp), %%ecx\n\t"
			 "jecxz 1f\n\t"
			 "mov (%%ecx), %%eax\n\t"
			 "mov %%eax, %c[seen](%%ebp)\n"
			 "1:\t"
			 "movl $1, %c[arrived](%%ebp)\n\t"
			 "mov %[futex], %%eax\n\t"
			 "lea %c[arrived](%%ebp), %%ebx\n\t"
			 "mov %[wake], %%ecx\n\t"
			 "mov $1, %%edx\n\t"
			 "int $0x80\n"
			 /* ... waits, without a limit, ... */
			 "2:\t"
			 "cmpl $0, %c[leave](%%ebp)\n\t"
			 "jne 3f\n\t"
			 "mov %[futex], %%eax\n\t"
			 "lea %c[leave](%%ebp), %%ebx\n\t"
			 "mov %[wait], %%ecx\n\t"
			 "xor %%edx, %%edx\n\t"
			 "xor %%esi, %%esi\n\t"
			 "int $0x80\n\t"
			 "jmp 2b\n"
			 /* ... and ends: this thread only. */
			 "3:\t"
			 "mov %c[leave](%%ebp), %%ebx\n\t"
			 "mov %[exit], %%eax\n\t"
			 "int $0x80\n\t"
			 "hlt\n"
			 "4:\t"
			 "pop %%ebp"
			 : "+a"(ret)
			 : [caller_sp] "i"(offsetof(struct parked, caller_sp)),
			   [sp] "i"(offsetof(struct parked, sp)),
			   [tid] "i"(offsetof(struct parked, tid)),
			   [tgid] "i"(offsetof(struct parked, tgid)),
			   [look] "i"(offsetof(struct parked, look)),
			   [seen] "i"(offsetof(struct parked, seen)),
			   [arrived] "i"(offsetof(struct parked, arrived)),
			   [leave] "i"(offsetof(struct parked, leave)),
			   [getpid] "i"(__NR_getpid), [gettid] "i"(__NR_gettid),
			   [futex] "i"(__NR_futex), [exit] "i"(__NR_exit),
			   [wake] "i"(FUTEX_WAKE), [wait] "i"(FUTEX_WAIT)
			 : "ebx", "ecx", "edx", "esi", "edi", "memory", "cc");
	return ret;
}

static pid_t with_errno(long ret)
{
	if (ret < 0) {
		errno = -ret;
		return -1;
	}
	return ret;
}

pid_t clone_with_pids(unsigned int flags, const pid_t *pids, unsigned int nr)
{
	struct clone_with_pids_args args = { .nr_pids = nr };

	return with_errno(clone_with_pids_raw(flags | SIGCHLD, &args, sizeof(args), NULL, pids));
}

pid_t clone3_with_pids(unsigned int flags, const pid_t *pids, unsigned int nr)
{
	pid_t set_tid[MAX_LEVELS + 1];
	struct clone_args args = { .flags = flags, .exit_signal = SIGCHLD };
	unsigned int n = 0;

	if (nr > MAX_LEVELS) {
		errno = EINVAL;
		return -1;
	}
	while (nr && !*pids) {
		pids++;
		nr--;
	}
	if (nr && (flags & CLONE_NEWPID))
		set_tid[n++] = 1;
	while (nr)
		set_tid[n++] = pids[--nr];
	if (n) {
		args.set_tid = (unsigned long)set_tid;
		args.set_tid_size = n;
	}
	return syscall(SYS_clone3, &args, sizeof(args));
}

pid_t clone_without_pids(unsigned int flags, const pid_t *pids, unsigned int nr)
{
	(void)pids;
	(void)nr;
	return syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
}
