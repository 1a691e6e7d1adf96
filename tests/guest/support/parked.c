// SPDX-License-Identifier: GPL-2.0
#include <stddef.h>
#include <asm/unistd.h>
#include <linux/futex.h>

#include "parked.h"

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
