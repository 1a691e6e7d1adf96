// SPDX-License-Identifier: GPL-2.0
/* Inside: what a subject does to be heard, and to know when it has been restarted. */
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

#include "report.h"
#include "restored.h"

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
		sleep_ms(2);
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
