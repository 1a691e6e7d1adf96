// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>

#include "lib/report.h"
#include "refuse.h"

int refuse(const struct task *t, const char *object, const char *why)
{
	report(0, "pid %d (%s) cannot be recorded: %s%s%s%s", t->pid[0], t->name, object ? "its " : "", object ? object : "",
	       object ? ": " : "", why);
	return -1;
}

int refuse_unread(const struct task *t, const char *object)
{
	report(errno, "pid %d (%s) cannot be recorded: its %s cannot be read", t->pid[0], t->name, object);
	return -1;
}
