// SPDX-License-Identifier: GPL-2.0
/* Memory comes back: contents, protections, what is shared, and what grows. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "roundtrip.h"

#define PAGE 4096
#define NEW(size, prot, flags) new_mapping(size, prot, (flags) | MAP_ANONYMOUS, -1, 0)

static unsigned char *new_mapping(size_t size, int prot, int flags, int fd, off_t offset)
{
	void *p = mmap(NULL, size, prot, flags, fd, offset);

	MUST(p != MAP_FAILED);
	return p;
}

static void fill(unsigned char *p, size_t size, unsigned int seed)
{
	for (size_t i = 0; i < size; i++)
		p[i] = i * 7 + i / PAGE + seed;
}

static void must_be_filled(const unsigned char *p, size_t size, unsigned int seed)
{
	for (size_t i = 0; i < size; i++)
		if (p[i] != (unsigned char)(i * 7 + i / PAGE + seed))
			wrong("byte %lu at %p is 0x%x", (unsigned long)i, (const void *)p, p[i]);
}

static sigjmp_buf faulted;

static void on_fault(int sig)
{
	siglongjmp(faulted, sig);
}

static bool faults(volatile unsigned char *p, volatile bool write)
{
	if (sigsetjmp(faulted, 1))
		return true;
	if (write)
		*p = *p;
	else
		(void)*p;
	return false;
}

/* Can the byte be read, and written to?  Its value stays. */
static int access_of(volatile unsigned char *p)
{
	int can;

	signal(SIGSEGV, on_fault);
	can = (faults(p, false) ? 0 : PROT_READ) | (faults(p, true) ? 0 : PROT_WRITE);
	signal(SIGSEGV, SIG_DFL);
	return can;
}

static void anonymous(void)
{
	unsigned char *p = NEW(16 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);

	fill(p, 5 * PAGE, 1);
	fill(p + 9 * PAGE, 3 * PAGE, 2);
	record_here();
	must_be_filled(p, 5 * PAGE, 1);
	must_be_filled(p + 9 * PAGE, 3 * PAGE, 2);
	for (int i = 5 * PAGE; i < 9 * PAGE; i++)
		SAME(p[i], 0);
	fill(p, 16 * PAGE, 3);
	must_be_filled(p, 16 * PAGE, 3);
}

static void protections(void)
{
	static const int prot[] = {
		PROT_READ, PROT_READ | PROT_WRITE, PROT_NONE, PROT_READ | PROT_EXEC, PROT_READ | PROT_WRITE | PROT_EXEC,
	};
	unsigned char *p = NEW(ARRAY_SIZE(prot) * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	static const unsigned char returns_42[] = { 0xb8, 42, 0, 0, 0, 0xc3 };	/* movl $42, %eax; ret */

	for (size_t i = 0; i < ARRAY_SIZE(prot); i++) {
		fill(p + i * PAGE, PAGE, i);
		memcpy(p + i * PAGE, returns_42, sizeof(returns_42));
		MUST(!mprotect(p + i * PAGE, PAGE, prot[i]));
	}
	record_here();
	for (size_t i = 0; i < ARRAY_SIZE(prot); i++) {
		SAME(access_of(p + i * PAGE), prot[i] & (PROT_READ | PROT_WRITE));
		if (prot[i] & PROT_EXEC)
			SAME(((int (*)(void))(p + i * PAGE))(), 42);
		/* What cannot be read is there all the same. */
		MUST(!mprotect(p + i * PAGE, PAGE, PROT_READ | PROT_WRITE));
		SAME(memcmp(p + i * PAGE, returns_42, sizeof(returns_42)), 0);
		memset(p + i * PAGE, 0, sizeof(returns_42));
		for (size_t k = sizeof(returns_42); k < PAGE; k++)
			SAME(p[i * PAGE + k], (unsigned char)(k * 7 + i));
	}
}

static int file_of(const char *path, int pages)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	unsigned char page[PAGE];

	MUST(fd >= 0);
	for (int i = 0; i < pages; i++) {
		fill(page, PAGE, 100 + i);
		MUST(write(fd, page, PAGE) == PAGE);
	}
	return fd;
}

static void private_file(void)
{
	int fd = file_of("private", 6);
	unsigned char *p = new_mapping(6 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	unsigned char *middle = new_mapping(2 * PAGE, PROT_READ, MAP_PRIVATE, fd, 3 * PAGE), byte = 0;

	fill(p + 2 * PAGE, PAGE, 7);
	memset(p + 4 * PAGE, 0, PAGE);
	record_here();
	for (int i = 0; i < 6; i++)
		if (i != 2 && i != 4)
			must_be_filled(p + i * PAGE, PAGE, 100 + i);
	must_be_filled(p + 2 * PAGE, PAGE, 7);
	for (int i = 0; i < PAGE; i++)
		SAME(p[4 * PAGE + i], 0);
	must_be_filled(middle, PAGE, 103);
	must_be_filled(middle + PAGE, PAGE, 104);
	/* It is the file's still, where it has not been written to, and writes do not get there. */
	MUST(pwrite(fd, "z", 1, 5 * PAGE) == 1);
	SAME(p[5 * PAGE], 'z');
	p[0] = 'y';
	MUST(pread(fd, &byte, 1, 0) == 1);
	SAME(byte, 100);
}

static void shared_file(void)
{
	int fd = file_of("shared", 3);
	unsigned char *p = new_mapping(3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	unsigned char *again = new_mapping(PAGE, PROT_READ, MAP_SHARED, fd, PAGE), byte = 0;

	fill(p + PAGE, PAGE, 9);
	record_here();
	must_be_filled(p, PAGE, 100);
	must_be_filled(again, PAGE, 9);
	p[PAGE] = 'x';
	SAME(again[0], 'x');
	MUST(pread(fd, &byte, 1, PAGE) == 1);
	SAME(byte, 'x');
	SAME(access_of(again), PROT_READ);
}

/* Of a program that runs, which nobody can open for writing. */
static void shared_program(void)
{
	int fd = open("/tests/guest-tests", O_RDONLY | O_CLOEXEC);
	unsigned char *p = new_mapping(PAGE, PROT_READ, MAP_SHARED, fd, 0);

	MUST(!close(fd));
	record_here();
	SAME(memcmp(p, "\177ELF", 4), 0);
}

static void dev_zero(void)
{
	int fd = open("/dev/zero", O_RDWR | O_CLOEXEC);
	unsigned char *p = new_mapping(3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	unsigned char *shared = new_mapping(PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	MUST(!close(fd));
	fill(p + PAGE, PAGE, 3);
	fill(shared, PAGE, 4);
	record_here();
	SAME(p[0], 0);
	must_be_filled(p + PAGE, PAGE, 3);
	SAME(p[2 * PAGE], 0);
	must_be_filled(shared, PAGE, 4);
}

/* By the system call, not through the C library, which may use it, too. */
static void heap(void)
{
	unsigned char *start = (unsigned char *)syscall(SYS_brk, 0), *end = start + 5 * PAGE + 123;
	char *allocated = malloc(100000);

	MUST((unsigned char *)syscall(SYS_brk, end) == end);
	fill(start, end - start, 5);
	memset(allocated, 'a', 100000);
	record_here();
	MUST((unsigned char *)syscall(SYS_brk, 0) == end);
	must_be_filled(start, end - start, 5);
	MUST((unsigned char *)syscall(SYS_brk, end + 4 * PAGE) == end + 4 * PAGE);
	fill(start, end + 4 * PAGE - start, 6);
	must_be_filled(start, end + 4 * PAGE - start, 6);
	MUST((unsigned char *)syscall(SYS_brk, start + PAGE) == start + PAGE);
	SAME(allocated[99999], 'a');
	allocated = realloc(allocated, 300000);
	SAME(allocated[99999], 'a');
	free(allocated);
}

static __attribute__((noinline)) int recurse(int depth)
{
	volatile unsigned char frame[1000];

	memset((void *)frame, depth, sizeof(frame));
	return depth ? recurse(depth - 1) + (frame[500] == (unsigned char)depth) : 1;
}

static void stack(void)
{
	unsigned char frame[3 * PAGE];

	fill(frame, sizeof(frame), 11);
	SAME(recurse(20), 21);
	record_here();
	must_be_filled(frame, sizeof(frame), 11);
	SAME(recurse(1000), 1001);		/* 1 MB: it grows on */
	must_be_filled(frame, sizeof(frame), 11);
}

static void growing_down(void)
{
	unsigned char *room = NEW(600 * PAGE, PROT_NONE, MAP_PRIVATE), *p = room + 590 * PAGE;

	MUST(!munmap(room, 600 * PAGE));
	p = mmap(p, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_FIXED, -1, 0);
	MUST(p != MAP_FAILED);
	for (int i = 0; i < 6; i++)
		fill(p - i * PAGE, PAGE, i);
	record_here();
	for (int i = 0; i < 20; i++) {
		if (i < 6)
			must_be_filled(p - i * PAGE, PAGE, i);
		fill(p - i * PAGE, PAGE, i);
	}
	for (int i = 0; i < 20; i++)
		must_be_filled(p - i * PAGE, PAGE, i);
}

static void many_mappings(void)
{
	unsigned char *p = NEW(1000 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);

	for (int i = 0; i < 1000; i += 2) {
		p[i * PAGE] = i / 2;
		p[i * PAGE + PAGE - 1] = i / 3;
		MUST(!mprotect(p + i * PAGE, PAGE, PROT_READ));
	}
	for (int i = 1; i < 1000; i += 6)
		MUST(!munmap(p + i * PAGE, PAGE));
	record_here();
	for (int i = 0; i < 1000; i += 2) {
		SAME(p[i * PAGE], (unsigned char)(i / 2));
		SAME(p[i * PAGE + PAGE - 1], (unsigned char)(i / 3));
	}
	SAME(access_of(p + 500 * PAGE), PROT_READ);
	SAME(access_of(p + 501 * PAGE), PROT_READ | PROT_WRITE);
	SAME(access_of(p + 505 * PAGE), 0);	/* a hole: 505 is 1 more than a multiple of 6 */
}

/* A page of nothing but zeroes is not stored; that it is nothing but zeroes must not be forgotten. */
static void zeroed(void)
{
	unsigned char *p = NEW(4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);

	fill(p, 4 * PAGE, 1);
	memset(p, 0, PAGE);
	memset(p + 2 * PAGE, 0, PAGE);
	record_here();
	for (int i = 0; i < PAGE; i++)
		MUST(!p[i] && !p[2 * PAGE + i]);
	SAME(p[PAGE + 5], (unsigned char)(5 * 7 + PAGE * 7 + 1 + 1));
}

static const struct subject_row subjects[] = {
	{ "private anonymous memory", anonymous, 0 },
	{ "memory with each protection", protections, 0 },
	{ "a file mapped privately, and written to", private_file, 0 },
	{ "a file mapped shared", shared_file, 0 },
	{ "a running program mapped shared", shared_program, 0 },
	{ "/dev/zero mapped", dev_zero, 0 },
	{ "the heap, which grows on and shrinks", heap, EVERY_WAY },
	{ "the stack, which grows on", stack, 0 },
	{ "memory that grows down, which grows on", growing_down, 0 },
	{ "a thousand mappings", many_mappings, 0 },
	{ "pages that have become zero again", zeroed, 0 },
};

static const struct group restored_memory_groups[] = { SUBJECTS(subjects) };
SUITE(restored_memory);
