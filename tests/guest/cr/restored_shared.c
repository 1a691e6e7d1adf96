// SPDX-License-Identifier: GPL-2.0
/* Memory that tasks share comes back shared.  Also: what /proc shows of a task, and how much memory is stored. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "calls.h"
#include "roundtrip.h"

#define PAGE 4096

static unsigned char *shared_pages(int n)
{
	void *p = mmap(NULL, n * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	MUST(p != MAP_FAILED);
	return p;
}

/* Each writes into a page of its own, after the restart, and reads what the other has written. */
static void parent_and_child(void)
{
	volatile uint32_t *words = share_words();
	unsigned char *p = shared_pages(8);
	pid_t child;

	memset(p + 3 * PAGE, 'c', PAGE);
	child = fork();
	if (!child) {
		p[5 * PAGE] = 'd';
		words[0] = 1;
		await_restart();
		await_word(&words[1], 77);
		MUST(p[0] == 'P' && p[3 * PAGE] == 'c');
		p[7 * PAGE] = 'C';
		words[2] = 78;
		for (;;)
			pause();
	}
	await_word(&words[0], 1);
	record_here();
	MUST(p[5 * PAGE] == 'd' && p[3 * PAGE + 77] == 'c' && !p[4 * PAGE]);
	p[0] = 'P';
	words[1] = 77;
	await_word(&words[2], 78);
	SAME(p[7 * PAGE], 'C');
}

/* Two windows on one object, at other offsets, with other protections, and part of it mapped nowhere by the child. */
static void windows(void)
{
	volatile uint32_t *words = share_words();
	unsigned char *p = shared_pages(6), *window;

	p[4 * PAGE] = 'w';
	p[PAGE] = 'n';
	window = mremap(p + 4 * PAGE, 0, PAGE, MREMAP_MAYMOVE);	/* size 0: one more mapping of the same */
	MUST(window != MAP_FAILED && !mprotect(window, PAGE, PROT_READ));
	if (!fork()) {
		MUST(!munmap(p, 4 * PAGE));
		words[0] = 1;
		await_restart();
		await_word(&words[1], 1);
		MUST(window[0] == 'x' && p[4 * PAGE] == 'x');
		p[4 * PAGE] = 'y';
		words[2] = 1;
		for (;;)
			pause();
	}
	await_word(&words[0], 1);
	record_here();
	MUST(window[0] == 'w' && p[PAGE] == 'n');
	p[4 * PAGE] = 'x';
	SAME(window[0], 'x');
	words[1] = 1;
	await_word(&words[2], 1);
	SAME(window[0], 'y');
}

/* Memory that was copied by fork() stays each one's own. */
static void copied(void)
{
	volatile uint32_t *words = share_words();
	static volatile int number = 5;
	volatile int *on_heap = malloc(sizeof(int));

	*on_heap = 6;
	if (!fork()) {
		*on_heap = 66;
		words[0] = 1;
		await_restart();
		MUST(number == 5 && *on_heap == 66);
		number = 55;
		words[1] = 1;
		for (;;)
			pause();
	}
	await_word(&words[0], 1);
	record_here();
	await_word(&words[1], 1);
	MUST(number == 5 && *on_heap == 6);
}

/*
 * What /proc shows of a task: read twice, before and after.  The first reading is thrown away: it may touch what
 * belongs to the second.
 */
static struct view {
	char maps[16384], cmdline[1024], environ[4096], auxv[512], exe[256], comm[32], addresses[512];
} before, now;

static void read_into(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t used = 0;
	ssize_t n;

	MUST(fd >= 0);
	memset(buf, 0, size);
	while ((n = read(fd, buf + used, size - used)) > 0)
		used += n;
	MUST(!n && used < size);
	close(fd);
}

/* Fields 26 to 28 and 45 to 51 of /proc/self/stat: where code, data, heap, stack, arguments and environment are. */
static void read_addresses(char *out, size_t size)
{
	char text[1024], *word, *rest;
	int field = 2;

	read_into("/proc/self/stat", text, sizeof(text));
	rest = strrchr(text, ')') + 2;
	*out = '\0';
	while ((word = strsep(&rest, " \n"))) {
		field++;
		if ((field >= 26 && field <= 28) || (field >= 45 && field <= 51))
			snprintf(out + strlen(out), size - strlen(out), "%d:%s ", field, word);
	}
}

/* The parts of two lines about neighbours, with nothing different about them: one mapping as well as two. */
static bool continues(const char *last, const char *line)
{
	const char *end = last ? strchr(last, '-') : NULL;

	return end && !strncmp(end + 1, line, 8) && !strcmp(strchr(last, ' '), strchr(line, ' ')) && !strchr(line, '/');
}

/* A line for each mapping: as in maps, but for the inode of shared memory, which the kernel chooses; and its flags. */
static void read_mappings(char *out, size_t size)
{
	static char text[65536];
	char *line, *rest = text, *last = NULL, mapping[512] = "";

	read_into("/proc/self/smaps", text, sizeof(text));
	memset(out, 0, size);
	while ((line = strsep(&rest, "\n"))) {
		if (line[0] && line[8] == '-') {
			char *inode = strstr(line, "/dev/zero");

			while (inode && *--inode != ':')
				*inode = '_';
			snprintf(mapping, sizeof(mapping), "%s ", line);
		} else if (!strncmp(line, "VmFlags:", 8)) {
			snprintf(mapping + strlen(mapping), sizeof(mapping) - strlen(mapping), "%s\n", line + 8);
			if (continues(last, mapping)) {
				memcpy(last + 9, mapping + 9, 8);
			} else {
				last = out + strlen(out);
				snprintf(last, size - (last - out), "%s", mapping);
				MUST(last[strlen(last) - 1] == '\n');
			}
		}
	}
}

static void look(struct view *v)
{
	memset(v, 0, sizeof(*v));
	read_mappings(v->maps, sizeof(v->maps));
	read_into("/proc/self/cmdline", v->cmdline, sizeof(v->cmdline));
	read_into("/proc/self/environ", v->environ, sizeof(v->environ));
	read_into("/proc/self/auxv", v->auxv, sizeof(v->auxv));
	read_into("/proc/self/comm", v->comm, sizeof(v->comm));
	MUST(readlink("/proc/self/exe", v->exe, sizeof(v->exe) - 1) > 0);
	read_addresses(v->addresses, sizeof(v->addresses));
}

static void same_text(const char *what, const char *is, const char *was)
{
	while (*is && *is == *was) {
		is++;
		was++;
	}
	if (*is != *was)
		wrong("%s: from here on it is `%.100s', and was `%.100s'", what, is, was);
}

/* All kinds of mappings with all that can be asked for. */
static void map_variously(void)
{
	static const int advice[] = {
		MADV_SEQUENTIAL, MADV_RANDOM, MADV_DONTFORK, MADV_DONTDUMP, MADV_WIPEONFORK,
	};
	int fd = open("/tests/guest-tests", O_RDONLY | O_CLOEXEC);
	unsigned char *p = mmap(NULL, 40 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	MUST(p != MAP_FAILED && fd >= 0);
	for (size_t i = 0; i < ARRAY_SIZE(advice); i++)
		MUST(!madvise(p + 2 * i * PAGE, PAGE, advice[i]));
	MUST(!mlock(p + 20 * PAGE, 2 * PAGE));
	MUST(mmap(p + 30 * PAGE, PAGE, PROT_READ, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED);
	MUST(mmap(p + 32 * PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 3 * PAGE) != MAP_FAILED);
	MUST(mmap(p + 34 * PAGE, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) !=
	     MAP_FAILED);
	MUST(mmap(p + 36 * PAGE, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_FIXED, -1, 0) != MAP_FAILED);
	MUST(!munmap(p + 35 * PAGE, PAGE));
	MUST(!close(fd));
}

static void what_proc_shows(void)
{
	map_variously();
	for (int i = 0; i < 3; i++)
		look(i < 2 ? &now : &before);
	record_here();
	look(&now);
	same_text("its mappings", now.maps, before.maps);
	same_text("environ", now.environ, before.environ);
	same_text("exe", now.exe, before.exe);
	same_text("comm", now.comm, before.comm);
	same_text("addresses in stat", now.addresses, before.addresses);
	SAME(memcmp(now.cmdline, before.cmdline, sizeof(now.cmdline)), 0);
	SAME(memcmp(now.auxv, before.auxv, sizeof(now.auxv)), 0);
	MUST(*now.maps && *now.cmdline && *now.auxv && *now.addresses);
}

/* The vdso is where the program knows it to be: its system call, and its clock. */
static void vdso(void)
{
	const Elf32_Ehdr *header = (const Elf32_Ehdr *)getauxval(AT_SYSINFO_EHDR);
	unsigned long vsyscall = getauxval(32);		/* AT_SYSINFO */
	struct { long long tv_sec, tv_nsec; } t2;
	struct timespec t0, t1;
	pid_t pid;

	MUST(header && vsyscall);
	MUST(!clock_gettime(CLOCK_MONOTONIC, &t0));
	record_here();
	SAME(memcmp(header->e_ident, ELFMAG, SELFMAG), 0);
	__asm__ volatile("call *%1" : "=a"(pid) : "r"(vsyscall), "0"(SYS_getpid) : "memory");
	SAME(pid, 1);
	MUST(!clock_gettime(CLOCK_MONOTONIC, &t1));	/* by the vdso */
	MUST(!syscall(SYS_clock_gettime64, CLOCK_MONOTONIC, &t2));
	MUST(t1.tv_sec > t0.tv_sec || (t1.tv_sec == t0.tv_sec && t1.tv_nsec > t0.tv_nsec));
	/* Equal where the clock only moves from tick to tick. */
	MUST(t2.tv_sec > t1.tv_sec || (t2.tv_sec == t1.tv_sec && t2.tv_nsec >= t1.tv_nsec));
}

static const struct subject_row subjects[] = {
	{ "memory that parent and child share", parent_and_child, EVERY_WAY },
	{ "windows on shared memory", windows, 0 },
	{ "memory that fork() has copied", copied, 0 },
	{ "what /proc shows of a task's memory", what_proc_shows, 0 },
	{ "the vdso", vdso, EVERY_WAY },
};

/*
 * The size of an image: only what has been written to is stored.
 */
static int touched;
static volatile unsigned char sum;

static void large(void)
{
	unsigned char *p = mmap(NULL, 16 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = open("/tests/guest-tests", O_RDONLY | O_CLOEXEC);
	unsigned char *file = mmap(NULL, 50 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);

	MUST(p != MAP_FAILED && file != MAP_FAILED && !close(fd));
	for (int i = 0; i < 50; i++)
		sum += file[i * PAGE] + p[i * PAGE];	/* read only: nothing to store */
	for (int i = 0; i < touched; i++) {
		p[i * (1 << 20) + 100] = 1;
		file[2 * i * PAGE] = 1;
	}
	record_here();
	for (int i = 0; i < touched; i++)
		MUST(p[i * (1 << 20) + 100] == 1 && file[2 * i * PAGE] == 1);
}

static void measure(long *size)
{
	struct restored r;
	struct stat st;

	use_images();
	restored_start(&r, large);
	restored_checkpoint(&r);
	if (stat("image", &st))
		broken("stat image");
	*size = st.st_size;
	restored_restart(&r, WAY_ALL);
	restored_answer(&r);
	restored_end(&r);
}

/* From a process that has done nothing before: a subject has what the test program has touched, too. */
static long image_size(int pages)
{
	long *size = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	long measured;
	pid_t pid;

	if (size == MAP_FAILED)
		broken("mmap");
	touched = pages;
	pid = plain_clone(0);
	if (!pid) {
		measure(size);
		_exit(0);
	}
	wait_ok(pid, "the measurement");
	measured = *size;
	munmap(size, PAGE);
	return measured;
}

static void only_touched_pages(void)
{
	long few = image_size(1), more = image_size(4);

	if (more - few < 6 * PAGE || more - few > 6 * PAGE + 500)
		fail("6 pages more make the image larger by %ld bytes", more - few);
	if (few > 100000)
		fail("a task with 16 MB of which it has touched two pages has an image of %ld bytes", few);
}

static const struct function_row sizes[] = {
	{ "only pages that were written to are stored", only_touched_pages },
};

static const struct group restored_shared_groups[] = { SUBJECTS(subjects), FUNCTIONS(sizes) };
SUITE(restored_shared);
