// SPDX-License-Identifier: GPL-2.0
/* Inside the tree: how a subject reports to the test, and learns that it has been restarted. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "lib/procfs.h"
#include "lib/report.h"
#include "lib/wait.h"
#include "roundtrip.h"

#define INSIDE_BOUND_MS 15000		/* the subject complains before the test does */

static void say_line(const char *text)
{
	int fd = open(RESTORED_SAID, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	char line[512];
	int n = snprintf(line, sizeof(line), "%s", text);

	for (int i = 0; i < n; i++)
		if (line[i] == '\n')
			line[i] = '|';
	line[n++] = '\n';

	if (fd < 0 || write(fd, line, n) != n)
		_exit(EXIT_FAILED);		/* and the test waits for it in vain */
	close(fd);
}

void say(const char *format, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	say_line(text);
}

void wrong(const char *format, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	say("wrong: %s", text);
	for (;;)
		pause();
}

void must_be_same(const char *file, int line, const char *what, long is, long was)
{
	if (is != was)
		wrong("%s:%d: %s is %ld (0x%lx), not %ld (0x%lx)", file, line, what, is, is, was, was);
}

void ready(void)
{
	say("ready");
}

bool restarted(void)
{
	return !access(RESTORED_GO, F_OK);
}

void await_restart(void)
{
	while (!restarted())
		sleep_ms(10);	/* there may be a hundred who look */
}

void record_here(void)
{
	ready();
	await_restart();
}

volatile uint32_t *share_words(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	MUST(page != MAP_FAILED);
	return page;
}

void await_word(const volatile uint32_t *word, uint32_t value)
{
	long deadline = now_ms() + INSIDE_BOUND_MS;

	while (*word != value) {
		if (now_ms() > deadline)
			wrong("word %u stays %u and does not become %u", (unsigned int)((unsigned long)word % 4096 / 4), *word, value);
		sleep_ms(1);
	}
}

/* The pids are those that /proc has; it finds threads as it finds processes. */
static bool is_in(pid_t pid, const char *letters)
{
	char *stat = procfs_text(pid, "stat"), *name_end = stat ? strrchr(stat, ')') : NULL;
	bool is = name_end && name_end[1] == ' ' && strchr(letters, name_end[2]);

	free(stat);
	return is;
}

/* Those of one of our threads. */
static bool children_in_states(pid_t self, const char *thread, const char *letters)
{
	char path[64], *children, *end;
	bool are = true;

	snprintf(path, sizeof(path), "task/%.20s/children", thread);
	children = procfs_text(self, path);
	MUST(children);
	for (char *p = children; are; p = end) {
		pid_t pid = strtol(p, &end, 10);

		if (end == p)
			break;
		are = is_in(pid, letters);
	}
	free(children);
	return are;
}

static bool others_in_states(const char *letters)
{
	char self[64] = "";
	const struct dirent *thread;
	bool are = true;
	DIR *threads = opendir("/proc/self/task");

	MUST(threads && readlink("/proc/thread-self", self, sizeof(self) - 1) > 0);
	while (are && (thread = readdir(threads))) {
		if (!isdigit(*thread->d_name))
			continue;
		are = children_in_states(atoi(self), thread->d_name, letters) &&
		      (!strcmp(thread->d_name, strrchr(self, '/') + 1) || is_in(atoi(thread->d_name), letters));
	}
	closedir(threads);
	return are;
}

void await_states(const char *letters)
{
	long deadline = now_ms() + INSIDE_BOUND_MS;

	while (!others_in_states(letters)) {
		if (now_ms() > deadline)
			wrong("its children and other threads are not all in one of the states %s", letters);
		sleep_ms(1);
	}
}

void run_inside(subject *run)
{
	int null = open("/dev/null", O_RDWR);
	char go[32] = "";
	int fd;

	if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 || dup2(null, 2) < 0 ||
	    syscall(SYS_close_range, 3, ~0U, 0) < 0)
		wrong("its descriptors: %s", strerror(errno));
	signal(SIGPIPE, SIG_DFL);
	run();
	fd = open(RESTORED_GO, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, go, sizeof(go) - 1) < 0)
		wrong("it has returned before it was restarted");
	close(fd);
	say("right %s", go);
	for (;;)
		pause();
}
