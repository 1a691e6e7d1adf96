// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
