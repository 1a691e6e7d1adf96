// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "debug.h"
#include "report.h"
#include "wait.h"

bool debugging;

void debug_print(const char *format, ...)
{
	static long started;
	int saved = errno;
	char text[256];
	va_list ap;

	if (!started)
		started = now_ms();
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	dprintf(2, "debug: %ld ms: %s\n", now_ms() - started, printable(text));
	errno = saved;
}
