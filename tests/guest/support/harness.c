// SPDX-License-Identifier: GPL-2.0
/*
 * The process of one case: how it fails, and how it reports that.  runner.c runs the cases.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"
#include "lib/report.h"
#include "verdict.h"

int verdict_fd = -1;

/* One write of less than PIPE_BUF, so that the records of several processes do not mix. */
static void send_verdict(char kind, const char *text)
{
	char record[VERDICT_SIZE];
	int length = snprintf(record, sizeof(record), "%c%s", kind, text);

	if (verdict_fd < 0) {	/* the runner itself */
		report(0, "%s", text);
		return;
	}
	if (length >= (int)sizeof(record))
		length = sizeof(record) - 1;
	if (write(verdict_fd, record, length + 1) < 0)
		_exit(1);	/* and without a verdict the case fails */
}

static __attribute__((noreturn)) void verdict(char kind, const char *text)
{
	send_verdict(kind, text);
	_exit(1);
}

void verdict_pass(void)
{
	send_verdict(VERDICT_PASS, "");
	_exit(0);
}

void fail(const char *format, ...)
{
	char text[VERDICT_SIZE];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	verdict(VERDICT_FAIL, text);
}

void skip(const char *format, ...)
{
	char text[VERDICT_SIZE];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	verdict(VERDICT_SKIP, text);
}

void note(const char *format, ...)
{
	char text[VERDICT_SIZE];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	send_verdict(VERDICT_NOTE, text);
}

void broken(const char *format, ...)
{
	char text[VERDICT_SIZE];
	int saved = errno;
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	fail("%s: %s", text, strerror(saved));
}

void expect(long got, long want, const char *format, ...)
{
	char text[VERDICT_SIZE / 2];
	va_list ap;

	if (got == want)
		return;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	fail("%s: expected %ld, saw %ld", text, want, got);
}

void expect_errno(long ret, int want, const char *format, ...)
{
	char text[VERDICT_SIZE / 2];
	va_list ap;

	if (want ? ret == -want : ret >= 0)
		return;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	if (ret < 0)
		fail("%s: expected %s, saw %s", text, want ? errno_name(want) : "success", errno_name(-ret));
	fail("%s: expected %s, saw success (%ld)", text, errno_name(want), ret);
}

const char *errno_name(int value)
{
	static const struct {
		int value;
		const char *name;
	} names[] = {
		{ EPERM, "EPERM" }, { ESRCH, "ESRCH" }, { EAGAIN, "EAGAIN" }, { ENOMEM, "ENOMEM" },
		{ EFAULT, "EFAULT" }, { EBUSY, "EBUSY" }, { EEXIST, "EEXIST" }, { EINVAL, "EINVAL" },
		{ ENOSPC, "ENOSPC" }, { ENOSYS, "ENOSYS" }, { E2BIG, "E2BIG" }, { EMFILE, "EMFILE" },
		{ EINTR, "EINTR" },
	};
	static char number[24];

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (names[i].value == value)
			return names[i].name;
	}
	snprintf(number, sizeof(number), "errno %d", value);
	return number;
}

void run_function(const void *row)
{
	const struct function_row *r = row;

	r->run();
}
