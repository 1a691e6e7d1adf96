// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "report.h"

static const char *program = "?";
static char last[400];

void report_program(const char *argv0)
{
	const char *slash = strrchr(argv0, '/');

	program = slash ? slash + 1 : argv0;
}

char *printable(char *text)
{
	for (unsigned char *p = (unsigned char *)text; *p; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
	return text;
}

static void vreport(int errno_value, const char *format, va_list ap)
{
	int saved = errno;
	char text[256];

	vsnprintf(text, sizeof(text), format, ap);
	snprintf(last, sizeof(last), "%s: %s%s%s", program, text, errno_value ? ": " : "",
		 errno_value ? strerror(errno_value) : "");
	printable(last);
	fflush(stdout);
	fprintf(stderr, "%s\n", last);
	errno = saved;
}

void report(int errno_value, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vreport(errno_value, format, ap);
	va_end(ap);
}

const char *report_last(void)
{
	return last;
}

int finish(int status)
{
	if (!fflush(stdout) && !ferror(stdout))
		return status;
	report(errno, "write to standard output");
	return status == EXIT_OK ? EXIT_FAILED : status;
}

void die(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vreport(errno, format, ap);
	va_end(ap);
	exit(EXIT_FAILED);
}

void die_usage(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vreport(0, format, ap);
	va_end(ap);
	fprintf(stderr, "Try `%s --help'.\n", program);
	exit(EXIT_USAGE);
}

long parse_number(const char *what, const char *text, long min, long max)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(text, &end, 10);
	if (end == text || *end)
		die_usage("%s: `%s' is not a number", what, text);
	if (errno || n < min || n > max)
		die_usage("%s: %s is not in %ld..%ld", what, text, min, max);
	return n;
}

const char *status_words(int status, char *buf, size_t size)
{
	if (WIFEXITED(status))
		snprintf(buf, size, "exit status %d", WEXITSTATUS(status));
	else if (WIFSIGNALED(status))
		snprintf(buf, size, "killed by signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
	else if (WIFSTOPPED(status))
		snprintf(buf, size, "stopped by signal %d (%s)", WSTOPSIG(status), strsignal(WSTOPSIG(status)));
	else
		snprintf(buf, size, "wait status 0x%x", status);
	return buf;
}

bool status_ok(int status)
{
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000L + t.tv_nsec / 1000000;
}

void sleep_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	while (nanosleep(&t, &t) && errno == EINTR)
		;
}

int wait_bounded(pid_t pid, int *status, int options, int timeout_ms)
{
	long deadline = now_ms() + timeout_ms;
	struct pollfd p = { .events = POLLIN };
	int n, saved;
	pid_t got;

	p.fd = syscall(SYS_pidfd_open, pid, 0);
	if (p.fd < 0)
		return -1;
	do {
		long left = deadline - now_ms();

		n = poll(&p, 1, left > 0 ? left : 0);
	} while (n < 0 && errno == EINTR);
	saved = errno;
	close(p.fd);
	errno = saved;
	if (n < 0)
		return -1;
	if (!n) {
		errno = ETIMEDOUT;
		return -1;
	}
	do
		got = waitpid(pid, status, options);
	while (got < 0 && errno == EINTR);
	return got == pid ? 0 : -1;
}
