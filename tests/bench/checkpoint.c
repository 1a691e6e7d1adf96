// SPDX-License-Identifier: GPL-2.0
/*
 * Checkpoint and restart of whole trees, by the tools themselves: n small tasks over three pid namespaces, each of them
 * with some memory that it has written to.
 *
 *     container-init, level 1     a third of the tasks, and
 *       container-init, level 2     a third of the tasks, and
 *         container-init, level 3     the rest
 *
 * The cost of chosen pids is measured in create_tree(), the part of a restart that creates the tasks.  In a whole
 * restart it would be too small to see.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <asm/unistd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "bench.h"
#include "cr/create/create.h"
#include "cr/format/file.h"
#include "lib/report.h"
#include "lib/wait.h"
#include "lib/tree.h"

#define LEVELS 3
#define AREA "checkpoint"
#define IMAGE_PATH "/tmp/bench.img"
#define FEW (8 * PAGE_BYTES)
#define MIB (1UL << 20)
#define MAX_ROUNDS 4

static const struct size {
	int tasks;
	size_t memory;		/* of each task: bytes that it writes to, beside what a program has anyway */
	const char *words;
	int rounds;
} sizes[] = {
	{ 10,   FEW, "32 KiB", 4 },
	{ 100,  FEW, "32 KiB", 2 },
	{ 1000, FEW, "32 KiB", 1 },
	{ 10,   MIB, "1 MiB",  2 },
	{ 100,  MIB, "1 MiB",  1 },
};

/* Write to the memory, no two pages alike, say so on stdout, and wait for nothing. */
static void live(size_t memory) __attribute__((noreturn));

static void live(size_t memory)
{
	uint32_t *p = mmap(NULL, memory, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pid_t parent = getppid();

	if (p == MAP_FAILED)
		_exit(EXIT_FAILED);
	for (size_t at = 0; at < memory / sizeof(*p); at++)
		p[at] = (at + 1) * (2 * parent + 1);
	if (write(STDOUT_FILENO, "", 1) != 1)
		_exit(EXIT_FAILED);
	for (;;)
		pause();
}

static pid_t create(unsigned int flags)
{
	pid_t pid = clone_without_pids(flags, NULL, 0);

	if (pid < 0)
		_exit(EXIT_FAILED);
	return pid;
}

/* The first of n tasks in a new namespace creates its share of them, and the next namespace the rest. */
static void contain(int level, int n, size_t memory) __attribute__((noreturn));

static void contain(int level, int n, size_t memory)
{
	int deeper = level < LEVELS ? n - n / (LEVELS - level + 1) : 0;

	for (int i = 1; i < n - deeper; i++)
		if (!create(0))
			live(memory);
	if (deeper && !create(CLONE_NEWPID))
		contain(level + 1, deeper, memory);
	live(memory);
}

void tree_program(int tasks, size_t memory)
{
	contain(1, tasks, memory);
}

/* A tree of n tasks, all of which have written to their memory; returns its first. */
static pid_t start_tree(const struct size *size)
{
	int fds[2], null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	char byte;
	pid_t root;

	if (null < 0 || pipe2(fds, O_CLOEXEC))
		die("prepare a tree of %d tasks", size->tasks);
	fflush(stdout);
	root = create(CLONE_NEWPID);
	if (!root) {
		char tasks[16], memory[16];

		snprintf(tasks, sizeof(tasks), "%d", size->tasks);
		snprintf(memory, sizeof(memory), "%zu", size->memory);
		dup2(null, STDIN_FILENO);
		dup2(fds[1], STDOUT_FILENO);
		syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, 0);
		execl("/proc/self/exe", "guest-bench", TREE_WORD, tasks, memory, NULL);
		_exit(EXIT_FAILED);
	}
	close(null);
	close(fds[1]);
	for (int i = 0; i < size->tasks; i++)
		if (read(fds[0], &byte, 1) != 1)
			die("a tree of %d tasks was not built", size->tasks);
	close(fds[0]);
	return root;
}

/*
 * The time-stamp counter also counts while nobody runs.  So that somebody always does, a process of the lowest priority
 * spins; what it has run is subtracted.  It is a child without an exit signal, for which nobody here waits.
 */
static clockid_t start_idler(void)
{
	const struct sched_param none = { 0 };
	pid_t idler = syscall(SYS_clone, 0, 0, 0, 0, 0);
	clockid_t clock;

	if (!idler) {
		syscall(SYS_sched_setscheduler, 0, SCHED_IDLE, &none);
		for (;;)
			;
	}
	if (idler < 0 || clock_getcpuclockid(idler, &clock))
		die("start a process that runs when no other does");
	return clock;
}

static uint64_t busy_instructions(void)
{
	static clockid_t idler;
	struct timespec idle;

	if (!idler)
		idler = start_idler();
	if (clock_gettime(idler, &idle))
		die("read how long nobody else has run");
	return instructions() - (idle.tv_sec * 1000000000ULL + idle.tv_nsec);
}

/* Run a tool to its end; meanwhile reap the trees that it kills.  What it prints is a number, or nothing: 0. */
static uint64_t run_tool(const char *const *argv, long *number)
{
	uint64_t before = busy_instructions(), after;
	char text[16] = "";
	int fds[2], status = 0;
	pid_t tool, ended;

	if (pipe2(fds, O_CLOEXEC))
		die("pipe");
	tool = fork();
	if (!tool) {
		dup2(fds[1], STDOUT_FILENO);
		execv(argv[0], (char **)argv);
		_exit(EXIT_FAILED);
	}
	close(fds[1]);
	do
		ended = waitpid(-1, &status, 0);
	while (ended > 0 && ended != tool);
	after = busy_instructions();
	if (tool < 0 || ended != tool || !status_ok(status))
		die("%s did not succeed", argv[0]);
	if (read(fds[0], text, sizeof(text) - 1) < 0)
		die("read what %s prints", argv[0]);
	close(fds[0]);
	*number = atol(text);
	return after - before;
}

static void check_tree(pid_t root, int n)
{
	struct tree tree;

	if (tree_read(&tree, root, true) || tree.n != n)
		die("the restarted tree has %d tasks, and not %d", tree.n, n);
	tree_free(&tree);
}

static uint64_t checkpoint_tree(pid_t root)
{
	char pid[16];
	long nothing;

	snprintf(pid, sizeof(pid), "%d", root);
	return run_tool((const char *const[]){ "/bin/checkpoint", "-o", IMAGE_PATH, pid, NULL }, &nothing);
}

static uint64_t restart_tree(int n, pid_t *root)
{
	long pid;
	uint64_t count = run_tool((const char *const[]){ "/bin/restart", "-i", IMAGE_PATH, NULL }, &pid);

	*root = pid;
	check_tree(*root, n);
	return count;
}

/* The bytes of the pages that an image has. */
static uint64_t bytes_of_pages(const struct image *image)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < image->n_processes; i++)
		for (uint32_t n = 0; n < image->processes[i].n_pages; n++)
			sum += image->processes[i].pages[n].data.size;
	return sum;
}

/* The instructions of creating all tasks of an image, and no more of them than that. */
static uint64_t create_tasks(const struct image *image, enum restart_pids pids)
{
	const struct plan_options options = { .pids = pids };
	struct plan plan;
	struct creation c = { .image = image, .plan = &plan, .pidfd = STDERR_FILENO };
	uint64_t before, after;

	if (plan_make(&plan, image, &options))
		exit(EXIT_FAILED);
	before = instructions();
	if (create_tree(&c))
		exit(EXIT_FAILED);
	after = instructions();
	create_abort(&c, NULL, 0);
	plan_free(&plan);
	while (waitpid(-1, NULL, 0) > 0)
		;
	return after - before;
}

static void report_counts(const struct size *size, const char *what, uint64_t *counts, int n)
{
	char line[80];

	snprintf(line, sizeof(line), "%d tasks of %s, %s", size->tasks, size->words, what);
	for (int i = 0; i < n; i++)
		counts[i] /= size->tasks;
	result(AREA, line, counts, n);
}

/* As with single calls, the two take turns. */
static void measure_creation(const struct size *size, const struct image *image)
{
	uint64_t with[MAX_ROUNDS], without[MAX_ROUNDS];

	for (int i = 0; i < size->rounds; i++) {
		if (i & 1)
			with[i] = create_tasks(image, PIDS_ALL);
		without[i] = create_tasks(image, PIDS_NONE);
		if (!(i & 1))
			with[i] = create_tasks(image, PIDS_ALL);
	}
	report_counts(size, "create with pids", with, size->rounds);
	report_counts(size, "create without pids", without, size->rounds);
}

static void read_image(const struct size *size, struct image *image, uint64_t *bytes, uint64_t *pages)
{
	struct stat st;

	if (stat(IMAGE_PATH, &st) || image_load(image, IMAGE_PATH))
		die("read the image of %d tasks", size->tasks);
	*bytes = st.st_size;
	*pages = bytes_of_pages(image);
}

static void measure(const struct size *size)
{
	uint64_t checkpoints[MAX_ROUNDS], restarts[MAX_ROUNDS], bytes[MAX_ROUNDS], pages[MAX_ROUNDS];
	struct image image;
	pid_t root = start_tree(size);

	for (int i = 0; i < size->rounds; i++) {
		checkpoints[i] = checkpoint_tree(root);
		read_image(size, &image, &bytes[i], &pages[i]);
		image_free(&image);
		restarts[i] = restart_tree(size->tasks, &root);
	}
	report_counts(size, "checkpoint", checkpoints, size->rounds);
	report_counts(size, "restart", restarts, size->rounds);
	report_counts(size, "bytes of image", bytes, size->rounds);
	report_counts(size, "bytes of pages", pages, size->rounds);

	checkpoint_tree(root);
	if (size->memory == FEW) {
		read_image(size, &image, bytes, pages);
		measure_creation(size, &image);
		image_free(&image);
	}
	unlink(IMAGE_PATH);
}

void bench_checkpoint(void)
{
	take_priority();
	/* What a tool leaves behind is ours then. */
	if (prctl(PR_SET_CHILD_SUBREAPER, 1))
		die("become a subreaper");
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		measure(&sizes[i]);
}
