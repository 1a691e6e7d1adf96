// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>

#include "lib/report.h"
#include "unsound.h"

int image_refuse(const struct check *c, const char *list, uint32_t index, const char *format, ...)
{
	char why[160];
	va_list ap;

	va_start(ap, format);
	vsnprintf(why, sizeof(why), format, ap);
	va_end(ap);
	report(0, "`%s': %s %u: %s", c->path, list, index, why);
	return -1;
}
