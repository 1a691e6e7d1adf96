// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "lib/report.h"
#include "surroundings.h"

static const struct {
	const char *type, *where;
	const char *options;
} mounts[] = {
	{ "proc",     "/proc",    "" },
	{ "sysfs",    "/sys",     "" },
	{ "devtmpfs", "/dev",     "" },
	{ "devpts",   "/dev/pts", "mode=0620,ptmxmode=0666" },
	{ "tmpfs",    "/tmp",     "mode=1777" },
};

/* What programs expect in /dev, but devtmpfs does not have. */
static const struct {
	const char *name, *target;
} links[] = {
	{ "/dev/fd",     "/proc/self/fd" },
	{ "/dev/stdin",  "/proc/self/fd/0" },
	{ "/dev/stdout", "/proc/self/fd/1" },
	{ "/dev/stderr", "/proc/self/fd/2" },
};

const char *surroundings_mount(void)
{
	for (size_t i = 0; i < sizeof(mounts) / sizeof(*mounts); i++) {
		mkdir(mounts[i].where, 0755);
		if (mount(mounts[i].type, mounts[i].where, mounts[i].type, 0, mounts[i].options))
			return mounts[i].where;
	}
	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++)
		if (symlink(links[i].target, links[i].name))
			report(errno, "make %s", links[i].name);
	return NULL;
}

void surroundings_name(void)
{
	static const char name[] = "lesson";

	if (sethostname(name, strlen(name)))
		report(errno, "set the host's name");
	setenv("PATH", "/bin", 1);
	setenv("HOME", "/root", 1);
	setenv("TERM", "linux", 1);
	if (chdir("/root"))
		report(errno, "change to /root");
}
