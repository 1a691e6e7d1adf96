// SPDX-License-Identifier: GPL-2.0
/*
 * Pages that processes share after a fork() are shared again, and are in the image once.  Each task reports their page
 * frames; when one task writes, no other sees it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "calls.h"
#include "proc.h"
#include "roundtrip.h"

#define PAGE  4096
#define PAGES 64

static unsigned char *filled_pages(int n)
{
	unsigned char *p = mmap(NULL, n * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	MUST(p != MAP_FAILED);
	for (int i = 0; i < n * PAGE; i++)
		p[i] = i * 7 + i / PAGE;
	return p;
}

static void must_be_filled(const unsigned char *p, int from, int to)
{
	for (int i = from * PAGE; i < to * PAGE; i++)
		if (p[i] != (unsigned char)(i * 7 + i / PAGE))
			wrong("byte %d of page %d is 0x%x", i % PAGE, i / PAGE, p[i]);
}

/* The frames of the calling task's pages, 0 for what is not there. */
static void tell_frames(volatile uint32_t *out, const unsigned char *p, int n)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);

	MUST(fd >= 0);
	for (int i = 0; i < n; i++) {
		uint64_t entry;

		MUST(pread(fd, &entry, 8, (off_t)((uintptr_t)(p + i * PAGE) / PAGE * 8)) == 8);
		out[i] = entry >> 63 ? entry & 0xffffffff : 0;
	}
	close(fd);
}

/* In which of these pages do two tasks have the same frame?  All of [from, to), or none of them. */
static void must_share(const volatile uint32_t *a, const volatile uint32_t *b, int from, int to, bool share)
{
	for (int i = from; i < to; i++)
		if ((a[i] && a[i] == b[i]) != share)
			wrong("page %d has frame 0x%x, and 0x%x in another task", i, a[i], b[i]);
}

/* Tasks say how far they are by a word, and their frames behind it. */
struct place {
	volatile uint32_t step, frames[PAGES];
};

static struct place *places(void)
{
	struct place *p = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	MUST(p != MAP_FAILED);
	return p;
}

static void stay(void) __attribute__((noreturn));

static void stay(void)
{
	for (;;)
		pause();
}

/* A child that has written to page 10 + i, and after the restart writes to page 20. */
static void reader(struct place *place, volatile uint32_t *parent, unsigned char *p, int i)
{
	p[(10 + i) * PAGE] = i;
	place->step = 1;
	await_restart();
	tell_frames(place->frames, p, PAGES);
	MUST(p[(10 + i) * PAGE] == i);
	must_be_filled(p, 0, 10);
	must_be_filled(p, 13, PAGES);
	place->step = 2;
	await_word(parent, 1);
	p[20 * PAGE] = 200 + i;
	place->step = 3;
	await_word(parent, 2);
	MUST(p[20 * PAGE] == 200 + i && p[10 * PAGE] == (i ? (unsigned char)(10 * PAGE * 7 + 10) : 0));
	must_be_filled(p, 21, PAGES);
	place->step = 4;
	stay();
}

static void parent_and_children(void)
{
	struct place *place = places();
	unsigned char *p = filled_pages(PAGES);

	for (int i = 0; i < 3; i++)
		if (!fork())
			reader(&place[i], &place[3].step, p, i);
	for (int i = 0; i < 3; i++)
		await_word(&place[i].step, 1);
	record_here();
	for (int i = 0; i < 3; i++)
		await_word(&place[i].step, 2);
	tell_frames(place[3].frames, p, PAGES);
	for (int i = 0; i < 3; i++) {
		must_share(place[3].frames, place[i].frames, 0, 10 + i, true);
		must_share(place[3].frames, place[i].frames, 10 + i, 11 + i, false);
		must_share(place[3].frames, place[i].frames, 11 + i, PAGES, true);
	}
	place[3].step = 1;
	for (int i = 0; i < 3; i++)
		await_word(&place[i].step, 3);
	must_be_filled(p, 0, PAGES);
	p[21 * PAGE] = 'p';
	place[3].step = 2;
	for (int i = 0; i < 3; i++)
		await_word(&place[i].step, 4);
	MUST(p[21 * PAGE] == 'p');
}

static void tell_and_stay(struct place *place, const unsigned char *p) __attribute__((noreturn));

static void tell_and_stay(struct place *place, const unsigned char *p)
{
	place->step = 1;
	await_restart();
	tell_frames(place->frames, p, PAGES);
	for (int i = 0; i < PAGES * PAGE; i++)
		MUST(p[i] == (unsigned char)(i * 7 + i / PAGE) || p[i] == 'a');
	place->step = 2;
	stay();
}

/*
 * The parent P - child A, which has written to pages 0..31 - grandchild B
 *              \ child C, born later; then P has written to pages 48..63
 */
static void generations(void)
{
	enum { A, B, C, P };
	struct place *place = places();
	unsigned char *p = filled_pages(PAGES);

	if (!fork()) {
		memset(p, 'a', 32 * PAGE);
		if (!fork())
			tell_and_stay(&place[B], p);
		await_word(&place[B].step, 1);
		tell_and_stay(&place[A], p);
	}
	await_word(&place[A].step, 1);
	if (!fork())
		tell_and_stay(&place[C], p);
	await_word(&place[C].step, 1);
	memset(p + 48 * PAGE, 'p', 16 * PAGE);
	record_here();
	for (int i = A; i <= C; i++)
		await_word(&place[i].step, 2);
	tell_frames(place[P].frames, p, PAGES);
	must_share(place[A].frames, place[B].frames, 0, PAGES, true);
	must_share(place[P].frames, place[C].frames, 0, 48, true);
	must_share(place[P].frames, place[A].frames, 0, 32, false);
	must_share(place[P].frames, place[B].frames, 32, 48, true);
	must_share(place[C].frames, place[A].frames, 48, PAGES, true);
	must_share(place[P].frames, place[A].frames, 48, PAGES, false);
	must_be_filled(p, 0, 48);
	for (int i = 48 * PAGE; i < PAGES * PAGE; i++)
		MUST(p[i] == 'p');
}

static __attribute__((noinline)) int recurse(int depth)
{
	volatile unsigned char frame[1000];

	memset((void *)frame, depth, sizeof(frame));
	return depth ? recurse(depth - 1) + (frame[500] == (unsigned char)depth) : 1;
}

/* The child has the memory in another shape: its end is gone, its beginning protected, a part given back. */
static void other_shape(struct place *place, unsigned char *p) __attribute__((noreturn));

static void other_shape(struct place *place, unsigned char *p)
{
	MUST(!munmap(p + 56 * PAGE, 8 * PAGE));
	MUST(!mprotect(p, 8 * PAGE, PROT_READ));
	MUST(!madvise(p + 8 * PAGE, 4 * PAGE, MADV_DONTNEED));
	place->step = 1;
	await_restart();
	tell_frames(place->frames, p, 56);
	must_be_filled(p, 0, 8);
	for (int i = 8 * PAGE; i < 12 * PAGE; i++)
		MUST(!p[i]);
	must_be_filled(p, 12, 56);
	MUST(read(open("/proc/self/stat", O_RDONLY), p, 1) < 0 && errno == EFAULT);
	SAME(recurse(1000), 1001);
	MUST(mremap(p + 8 * PAGE, 48 * PAGE, 80 * PAGE, MREMAP_MAYMOVE) != MAP_FAILED);
	place->step = 2;
	stay();
}

/* By the system call, not through the C library, which may use it, too. */
static unsigned char *set_brk(unsigned char *end)
{
	return (unsigned char *)syscall(SYS_brk, end);
}

/* What was one mapping is one, which can be moved, and the heap and the stack go on where they were. */
static void shapes(void)
{
	struct place *place = places();
	unsigned char *p = filled_pages(PAGES), *heap = set_brk(NULL), *moved;

	MUST(set_brk(heap + 10 * PAGE) == heap + 10 * PAGE);
	memset(heap, 'h', 10 * PAGE);
	if (!fork())
		other_shape(place, p);
	await_word(&place->step, 1);
	record_here();
	await_word(&place->step, 2);
	tell_frames(place[1].frames, p, PAGES);
	must_share(place[1].frames, place->frames, 0, 8, true);
	must_share(place[1].frames, place->frames, 8, 12, false);
	must_share(place[1].frames, place->frames, 12, 56, true);
	must_be_filled(p, 0, PAGES);
	moved = mremap(p, PAGES * PAGE, 2 * PAGES * PAGE, MREMAP_MAYMOVE);
	MUST(moved != MAP_FAILED);
	must_be_filled(moved, 0, PAGES);
	SAME(recurse(1000), 1001);
	MUST(set_brk(heap + 20 * PAGE) == heap + 20 * PAGE && heap[10 * PAGE - 1] == 'h' && !heap[10 * PAGE]);
	memset(heap, 'i', 20 * PAGE);
	MUST(set_brk(heap + 5 * PAGE) == heap + 5 * PAGE && heap[5 * PAGE - 1] == 'i');
}

static const struct subject_row subjects[] = {
	{ "pages that parent and children have in common", parent_and_children, EVERY_WAY },
	{ "pages in common over generations", generations, EVERY_WAY },
	{ "pages in common in mappings of other shapes", shapes, 0 },
};

/*
 * How much it is: five processes, with 4 MiB in common.
 */
#define CHILDREN 4
#define LARGE    1024

static void five(void)
{
	struct place *place = places();
	const unsigned char *p = filled_pages(LARGE);

	for (int i = 0; i < CHILDREN; i++) {
		if (fork())
			continue;
		place[i].step = 1;
		await_restart();
		must_be_filled(p, 0, LARGE);
		place[i].step = 2;
		stay();
	}
	for (int i = 0; i < CHILDREN; i++)
		await_word(&place[i].step, 1);
	record_here();
	for (int i = 0; i < CHILDREN; i++)
		await_word(&place[i].step, 2);
}

/* The frames of private memory of a process; the zero page among them. */
static int list_frames(pid_t pid, uint32_t *frames, int n)
{
	char path[64], line[256];
	FILE *maps;
	int pagemap;

	snprintf(path, sizeof(path), "/proc/%d/pagemap", pid);
	pagemap = open(path, O_RDONLY | O_CLOEXEC);
	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	maps = fopen(path, "re");
	if (pagemap < 0 || !maps)
		broken("read the memory of pid %d", pid);
	while (fgets(line, sizeof(line), maps)) {
		unsigned long start, end;
		uint64_t entry;

		if (sscanf(line, "%lx-%lx", &start, &end) != 2)
			broken("read %s", path);
		for (; start < end; start += PAGE) {
			if (pread(pagemap, &entry, 8, (off_t)(start / PAGE * 8)) != 8)
				broken("read the frames of pid %d", pid);
			if (entry >> 63 && !(entry >> 61 & 1))
				frames[n++] = entry;
		}
	}
	fclose(maps);
	close(pagemap);
	return n;
}

static int by_number(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* How many different frames the first process of the tree and its children have. */
static int distinct_frames(pid_t root)
{
	static uint32_t frames[(CHILDREN + 1) * 2 * LARGE];
	char path[64], text[256], *next = text;
	int n = list_frames(root, frames, 0), distinct = 0;
	pid_t child;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", root, root);
	read_file(path, text, sizeof(text));
	while ((child = strtol(next, &next, 10)))
		n = list_frames(child, frames, n);
	qsort(frames, n, sizeof(*frames), by_number);
	for (int i = 0; i < n; i++)
		distinct += !i || frames[i] != frames[i - 1];
	return distinct;
}

static void in_memory_once(void)
{
	struct restored r;
	struct stat st;
	int before, after;

	use_images();
	restored_start(&r, five);
	before = distinct_frames(r.root);
	restored_checkpoint(&r);
	if (stat("image", &st))
		broken("stat image");
	restored_restart(&r, WAY_ALL);
	after = distinct_frames(r.root);
	note("%d pages before, %d after, an image of %ld bytes", before, after, (long)st.st_size);
	if (st.st_size > before * PAGE / 10 * 11)
		fail("an image of %ld bytes for %d pages", (long)st.st_size, before);
	if (after > before + before / 10)
		fail("%d pages after the restart, and %d before", after, before);
	restored_answer(&r);
	restored_end(&r);
}

static const struct function_row sizes[] = {
	{ "five processes with 4 MiB in common have them once, in the image and in memory", in_memory_once },
};

static const struct group restored_forked_groups[] = { SUBJECTS(subjects), FUNCTIONS(sizes) };
SUITE(restored_forked);
