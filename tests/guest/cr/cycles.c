// SPDX-License-Identifier: GPL-2.0
/*
 * Checkpoint, kill, restart, 200 times in a row.  A tree of 12 tasks in 4 pid namespaces below the initial one:
 *
 *	counter (container)     counts into a file, and asks the shell to count with it; a thread
 *	|- sh                   while read line; do n=$((n + 1)); echo $n; done
 *	|- inner init           of a container in the container; a thread
 *	|  |- two leaves
 *	|  `- innermost init    of a container in that one
 *	|     `- leaf
 *	|- sibling init         of a container beside it
 *	|  `- leaf
 *	`- leaf
 *
 * No step of the counter is lost or done twice, and nothing is left behind: tasks, descriptors, mappings, memory.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <dirent.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "calls.h"
#include "proc.h"
#include "lib/wait.h"
#include "roundtrip.h"
#include "lib/tree.h"

#define CYCLES 200
#define CYCLES_QUICK 40
#define CYCLES_SLOW 40		/* on a kernel that checks itself: there each takes ten times as long */
#define STEPS_FILE "/mnt/steps"
#define BOUND_MS 30000
#define SLACK_KB 512		/* of the machine's free memory, over all cycles */
#define SLACK_PAGES 8		/* of the image: stacks and heaps breathe */

static void *tick(void *arg)
{
	for (;;) {
		++*(volatile uint32_t *)arg;
		sleep_ms(3);
	}
	return NULL;
}

static void start_thread(void)
{
	static volatile uint32_t ticks;
	static pthread_t thread;

	MUST(!pthread_create(&thread, NULL, tick, (void *)&ticks));
}

static void leaf(void)
{
	if (fork())
		return;
	for (;;)
		sleep(1000);
}

static void container(void (*inside)(void))
{
	if (plain_clone(CLONE_NEWPID))
		return;
	inside();
	for (;;)
		pause();
}

static void innermost(void)
{
	leaf();
}

static void inner(void)
{
	leaf();
	leaf();
	container(innermost);
	start_thread();
}

/* The shell's standard input and output. */
static void start_shell(FILE **to, FILE **from)
{
	int in[2], out[2];

	MUST(!pipe(in) && !pipe(out));
	if (!fork()) {
		MUST(dup2(in[0], 0) == 0 && dup2(out[1], 1) == 1);
		for (int i = 0; i < 2; i++) {
			close(in[i]);
			close(out[i]);
		}
		execlp("sh", "sh", "-c", "n=0; while read line; do n=$((n + 1)); echo $n; done", NULL);
		_exit(1);
	}
	close(in[0]);
	close(out[1]);
	*to = fdopen(in[1], "w");
	*from = fdopen(out[0], "r");
	MUST(*to && *from);
}

static void counter(void)
{
	int file = open(STEPS_FILE, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
	FILE *to, *from;
	char line[32];

	MUST(file >= 0);
	start_shell(&to, &from);
	container(inner);
	container(innermost);
	leaf();
	start_thread();
	for (uint32_t n = 1;; n++) {
		MUST(fprintf(to, "%u\n", n) > 0 && !fflush(to));
		MUST(fgets(line, sizeof(line), from));
		SAME(atoi(line), n);
		MUST(dprintf(file, "%u\n", n) > 0);
		if (n == 10)
			ready();
		sleep_ms(1);
	}
}

static off_t steps_size(void)
{
	struct stat st;

	if (stat(STEPS_FILE, &st))
		broken("stat " STEPS_FILE);
	return st.st_size;
}

static void goes_on(int cycle)
{
	off_t was = steps_size();
	long deadline = now_ms() + BOUND_MS;

	while (steps_size() == was) {
		if (now_ms() > deadline)
			fail("after %d cycles the counter does not go on", cycle);
		sleep_ms(1);
	}
}

/* 1, 2, 3 and so on. */
static long check_steps(void)
{
	FILE *f = fopen(STEPS_FILE, "re");
	char line[32];
	long n = 0;

	if (!f)
		broken("open " STEPS_FILE);
	while (fgets(line, sizeof(line), f)) {
		if (!strchr(line, '\n'))
			break;		/* being written */
		n++;
		if (atol(line) != n)
			fail("step %ld of the counter is `%.20s'", n, line);
	}
	fclose(f);
	return n;
}

/* What a process has, in words: its descriptors, and where its memory is and what it may be used for. */
static void describe(pid_t pid, char *out, size_t size)
{
	char path[40], line[400];
	size_t used;
	int fds = 0;
	DIR *dir;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	dir = opendir(path);
	if (!dir)
		broken("open %s", path);
	while (readdir(dir))
		fds++;
	closedir(dir);
	used = snprintf(out, size, "pid %d, %d descriptors", pid, fds - 2);
	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	f = fopen(path, "re");
	if (!f)
		broken("open %s", path);
	while (fgets(line, sizeof(line), f) && used < size)
		used += snprintf(out + used, size - used, ", %.22s", line);
	fclose(f);
	if (used >= size)
		fail("pid %d has more than fits", pid);
}

static char *describe_all(pid_t root)
{
	size_t size = 32768, used = 0;
	char *text = malloc(size);
	struct tree tree;

	if (!text || tree_read(&tree, root, false))
		broken("read the tree");
	for (int i = 0; i < tree.n; i++) {
		describe(tree.task[i].pid[0], text + used, size - used);
		used += strlen(text + used);
	}
	tree_free(&tree);
	return text;
}

static void same_text(const char *was, const char *is)
{
	size_t i = 0;

	while (was[i] && was[i] == is[i])
		i++;
	if (was[i] || is[i])
		fail("what the processes have is not what they had: `%.60s' and `%.60s'", was + (i > 30 ? i - 30 : 0),
		     is + (i > 30 ? i - 30 : 0));
}

static long image_size(void)
{
	struct stat st;

	if (stat("image", &st))
		broken("stat the image");
	return st.st_size;
}

static void cycle(struct restored *r, int n)
{
	const struct said *s = TOOL("checkpoint", "-o", "image", number(r->root));

	if (s->status || *s->err)
		fail("checkpoint %d: %.200s", n, s->err);
	same_tasks(&r->before, "a checkpoint");
	s = TOOL("restart", "-i", "image");
	if (s->status || *s->err)
		fail("restart %d: %.200s", n, s->err);
	expect(atol(s->out), r->root, "the first task's pid after cycle %d", n);
	goes_on(n);
}

static int cycles_to_do(void)
{
	if (effort() == THOROUGH)
		return CYCLES;
	if (effort() == QUICK)
		return CYCLES_QUICK;
	return kernel_is_slow() ? CYCLES_SLOW : CYCLES;
}

static void many_cycles(void)
{
	int cycles = cycles_to_do();
	struct restored r;
	long size, free_kb;
	char *had;

	use_images();
	restored_start(&r, counter);
	restored_compare(&r, WAY_LEFT);
	/* Once around, so that all that happens once has happened. */
	cycle(&r, 1);
	cycle(&r, 2);
	had = describe_all(r.root);
	size = image_size();
	free_kb = free_memory();
	for (int i = 3; i <= cycles; i++)
		cycle(&r, i);
	restored_compare(&r, WAY_ALL);
	same_text(had, describe_all(r.root));
	note("%d cycles, %ld steps; image of %ld bytes, %ld before; %ld kB free, %ld before", cycles, check_steps(),
	     image_size(), size, free_memory(), free_kb);
	if (image_size() > size + SLACK_PAGES * 4096)
		fail("the image has %ld bytes, and had %ld", image_size(), size);
	if (free_memory() + SLACK_KB < free_kb)
		fail("%ld kB of memory are free, and were %ld", free_memory(), free_kb);
	restored_end(&r);
}

static const struct function_row functions[] = {
	{ "many cycles in a row", many_cycles },
};

static const struct group cycles_groups[] = { FUNCTIONS(functions) };

SUITE(cycles, .slow = 10);
