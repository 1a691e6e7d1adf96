// SPDX-License-Identifier: GPL-2.0
/* Registers come back, of programs in user mode and of those in a system call; and so do FPU, SSE and TLS. */
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <asm/ldt.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "lib/report.h"
#include "roundtrip.h"

/* What code without a free register says and is told, at an address that it knows. */
#define WORDS_AT 0x20000000
static volatile uint32_t *const words = (volatile uint32_t *)WORDS_AT;
enum { ENTERED, GO, DONE, PIPE = 4, BYTE = 5, SAVED_SP = 6, SAVED = 8 };

#define STR_(x) #x
#define STR(x) STR_(x)
#define WORD(n) STR(WORDS_AT) " + 4 * " STR(n)

static void map_words(void)
{
	MUST(mmap((void *)WORDS_AT, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
		  -1, 0) == (void *)WORDS_AT);
}

/* Every general register with a value of its own; flags that nobody has by chance: carry, direction, overflow, AC. */
#define LOAD_ALL \
	"pusha\n" \
	"movl %esp, " STR(WORDS_AT) " + 24\n" \
	"pushl $0x40c03\n" \
	"popfl\n" \
	"movl $0x11111111, %eax\n" \
	"movl $0x22222222, %ebx\n" \
	"movl $0x33333333, %ecx\n" \
	"movl $0x44444444, %edx\n" \
	"movl $0x55555555, %esi\n" \
	"movl $0x66666666, %edi\n" \
	"movl $0x77777777, %ebp\n" \
	"movl $0x10203040, %esp\n"

/* Into the words from SAVED (byte 32) on; esp is put back as soon as it is saved, since flags need a stack. */
#define STORE_ALL \
	"movl %eax, " STR(WORDS_AT) " + 32\n" \
	"movl %ebx, " STR(WORDS_AT) " + 36\n" \
	"movl %ecx, " STR(WORDS_AT) " + 40\n" \
	"movl %edx, " STR(WORDS_AT) " + 44\n" \
	"movl %esi, " STR(WORDS_AT) " + 48\n" \
	"movl %edi, " STR(WORDS_AT) " + 52\n" \
	"movl %ebp, " STR(WORDS_AT) " + 56\n" \
	"movl %esp, " STR(WORDS_AT) " + 60\n" \
	"movl " STR(WORDS_AT) " + 24, %esp\n" \
	"pushfl\n" \
	"popl " STR(WORDS_AT) " + 64\n" \
	"pushl $0x202\n" \
	"popfl\n" \
	"popa\n"

/* Wait in user mode with all registers in use: jumping by `jecxz' changes no flag. */
void spin_with_all(void);
__asm__(".text\n"
	".globl spin_with_all\n"
	"spin_with_all:\n"
	LOAD_ALL
	"movl $1, " STR(WORDS_AT) "\n"
	"1: movl " STR(WORDS_AT) " + 4, %ecx\n"
	"jecxz 1b\n"
	STORE_ALL
	"ret\n");

/* Wait in read() with all the others in use.  The direction flag is clear in a system call, as the ABI asks. */
void read_with_all(void);
__asm__(".text\n"
	".globl read_with_all\n"
	"read_with_all:\n"
	LOAD_ALL
	"movl $3, %eax\n"
	"movl " STR(WORDS_AT) " + 16, %ebx\n"
	"movl $" STR(WORDS_AT) " + 20, %ecx\n"
	"movl $1, %edx\n"
	"movl $1, " STR(WORDS_AT) "\n"
	"int $0x80\n"
	STORE_ALL
	"ret\n");

static void must_be_loaded(uint32_t eax, uint32_t ebx, uint32_t ecx, uint32_t edx)
{
	const uint32_t want[9] = {
		eax, ebx, ecx, edx, 0x55555555, 0x66666666, 0x77777777, 0x10203040, 0x40c03,
	};

	for (int i = 0; i < 9; i++) {
		uint32_t is = words[SAVED + i], mask = i == 8 ? 0x40cd5 : ~0U;	/* without IF and what is reserved */

		if ((is & mask) != (want[i] & mask))
			wrong("register %d is 0x%x and was 0x%x", i, is, want[i]);
	}
}

static void in_user_mode(void)
{
	pid_t child;

	map_words();
	child = fork();
	if (!child) {
		spin_with_all();
		must_be_loaded(0x11111111, 0x22222222, 1, 0x44444444);
		words[DONE] = 1;
		_exit(0);
	}
	await_word(&words[ENTERED], 1);
	record_here();
	words[GO] = 1;
	await_word(&words[DONE], 1);
	MUST(waitpid(child, NULL, 0) == child);
}

static void in_a_system_call(void)
{
	pid_t child;
	int fds[2];

	map_words();
	MUST(!pipe(fds));
	words[PIPE] = fds[0];
	child = fork();
	if (!child) {
		read_with_all();
		must_be_loaded(1, fds[0], WORDS_AT + 4 * BYTE, 1);
		SAME(words[BYTE], '!');
		words[DONE] = 1;
		_exit(0);
	}
	await_word(&words[ENTERED], 1);
	await_states("S");
	record_here();
	MUST(write(fds[1], "!", 1) == 1);
	await_word(&words[DONE], 1);
	MUST(waitpid(child, NULL, 0) == child);
}

/*
 * All of x87 and SSE: loaded, kept while user mode goes on, stored.  Twice, with a restart within only the first time;
 * the processor's own image of its state must be the same to the bit.
 */
#define FXSAVE_SIZE 512
static unsigned char fpu[2][FXSAVE_SIZE] __attribute__((aligned(16)));
static const uint16_t control_word = 0x0f3f;		/* rounds towards 0, 64 bits, masks all */
static const uint32_t mxcsr = 0x7fa0;			/* flushes to 0, masks all, one flag is set */
static const uint32_t xmm[32] __attribute__((aligned(16))) = {
	0x00000001, 0xffffffff, 0x80000000, 0x7f800001, 0x12345678, 0x9abcdef0, 0x0badcafe, 0xfeedf00d,
	0xa0000010, 0xb0000011, 0xc0000012, 0xd0000013, 0xa0000020, 0xb0000021, 0xc0000022, 0xd0000023,
	0xa0000030, 0xb0000031, 0xc0000032, 0xd0000033, 0xa0000040, 0xb0000041, 0xc0000042, 0xd0000043,
	0xa0000050, 0xb0000051, 0xc0000052, 0xd0000053, 0xa0000060, 0xb0000061, 0xc0000062, 0xd0000063,
};

static __attribute__((noinline)) void fpu_spin(void *save)
{
	__asm__ volatile("fninit\n"
			 "fldcw %1\n"
			 "fldpi\n fldl2t\n fldl2e\n fldlg2\n fldln2\n fld1\n fldz\n"
			 "fld1\n fchs\n fsqrt\n"		/* not a number, and the flag of an invalid operation */
			 "ldmxcsr %2\n"
			 "movaps (%3), %%xmm0\n movaps 16(%3), %%xmm1\n movaps 32(%3), %%xmm2\n movaps 48(%3), %%xmm3\n"
			 "movaps 64(%3), %%xmm4\n movaps 80(%3), %%xmm5\n movaps 96(%3), %%xmm6\n movaps 112(%3), %%xmm7\n"
			 "movl $1, " STR(WORDS_AT) "\n"
			 "1: cmpl $0, " STR(WORDS_AT) " + 4\n"
			 "je 1b\n"
			 "fxsave (%0)\n"
			 "fninit\n"
			 : : "r"(save), "m"(control_word), "m"(mxcsr), "r"(xmm) : "memory", "cc");
}

static void fpu_state(void)
{
	pid_t child;

	map_words();
	child = fork();
	if (!child) {
		fpu_spin(fpu[0]);
		fpu_spin(fpu[1]);
		for (int i = 0; i < FXSAVE_SIZE; i++)
			if (fpu[0][i] != fpu[1][i])
				wrong("byte %d of the FPU state is 0x%x and was 0x%x", i, fpu[0][i], fpu[1][i]);
		SAME(*(uint16_t *)fpu[0], control_word);
		SAME(*(uint32_t *)(fpu[0] + 24), mxcsr);
		SAME(memcmp(fpu[0] + 160, xmm, sizeof(xmm)), 0);
		words[DONE] = 1;
		_exit(0);
	}
	await_word(&words[ENTERED], 1);
	record_here();
	words[GO] = 1;
	await_word(&words[DONE], 1);
	MUST(waitpid(child, NULL, 0) == child);
}

/* A calculation that goes on: what is in registers of one part of it is what the other needs. */
static void calculation(void)
{
	volatile double sum = 0, other = 0;
	long i;

	for (i = 1; i < 1000; i++)
		sum += 1.0 / i;
	ready();
	for (i = 1; !restarted() || i < 1000; i++)
		if (i < 1000)
			other += 1.0 / i;
	MUST(sum == other && fabs(sum - 7.484470860550345) < 1e-12);
}

static struct user_desc descriptor(int entry, void *base, unsigned int limit)
{
	return (struct user_desc){
		.entry_number = entry, .base_addr = (unsigned long)base, .limit = limit, .seg_32bit = 1, .useable = 1,
	};
}

static uint32_t read_through(unsigned int entry)
{
	uint32_t value;

	__asm__ volatile("pushl %%fs\n movl %1, %%fs\n movl %%fs:0, %0\n popl %%fs" : "=&r"(value) : "r"(entry * 8 + 3));
	return value;
}

/* The C library uses the first of the three; the register fs keeps its selector. */
static void tls_descriptors(void)
{
	static uint32_t values[2] = { 0xaaaa5555, 0x5555aaaa };
	struct user_desc was[3], is;
	unsigned int fs;

	for (int i = 0; i < 2; i++) {
		is = descriptor(7 + i, &values[i], 3);
		MUST(!syscall(SYS_set_thread_area, &is));
	}
	for (int i = 0; i < 3; i++) {
		memset(&was[i], 0, sizeof(was[i]));
		was[i].entry_number = 6 + i;
		MUST(!syscall(SYS_get_thread_area, &was[i]));
	}
	__asm__ volatile("movl %0, %%fs" : : "r"(8 * 8 + 3));
	record_here();
	__asm__ volatile("movl %%fs, %0" : "=r"(fs));
	SAME(fs, 8 * 8 + 3);
	for (int i = 0; i < 3; i++) {
		memset(&is, 0, sizeof(is));
		is.entry_number = 6 + i;
		MUST(!syscall(SYS_get_thread_area, &is));
		MUST(!memcmp(&is, &was[i], sizeof(is)));
	}
	SAME(read_through(7), values[0]);
	SAME(read_through(8), values[1]);
}

static const struct subject_row subjects[] = {
	{ "all general registers and flags in user mode", in_user_mode, EVERY_WAY },
	{ "all general registers in a system call", in_a_system_call, EVERY_WAY },
	{ "x87 and SSE state", fpu_state, EVERY_WAY },
	{ "a calculation in floating point", calculation, 0 },
	{ "TLS descriptors", tls_descriptors, 0 },
};

static const struct group restored_registers_groups[] = { SUBJECTS(subjects) };
SUITE(restored_registers);
