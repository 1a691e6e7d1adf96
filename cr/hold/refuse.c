// SPDX-License-Identifier: GPL-2.0
#include "lib/report.h"
#include "refuse.h"

int refuse(const struct task *t, const char *object, const char *why)
{
	report(0, "pid %d (%s) cannot be recorded: %s%s%s%s", t->pid[0], t->name, object ? "its " : "", object ? object : "",
	       object ? ": " : "", why);
	return -1;
}
