// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mount.h>

#include "lib/procfs.h"
#include "roundtrip.h"
#include "wall.h"

void contain(void)
{
	MUST(!unshare(CLONE_NEWNS));
	MUST(!mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) && !mount("proc", "/proc", "proc", 0, NULL));
}

int mount_of(int fd)
{
	char name[32], *text;
	const char *value;
	int mount;

	snprintf(name, sizeof(name), "fdinfo/%d", fd);
	text = procfs_text(getpid(), name);
	value = text ? procfs_value(text, "mnt_id") : NULL;
	MUST(value);
	mount = atoi(value);
	free(text);
	return mount;
}

bool has_mount(pid_t pid, int mount)
{
	char *text = procfs_text(pid, "mountinfo"), start[16];
	bool has;

	MUST(text);
	snprintf(start, sizeof(start), "\n%d ", mount);
	has = !strncmp(text, start + 1, strlen(start + 1)) || strstr(text, start);
	free(text);
	return has;
}

int opened(int directory, const char *path, int flags)
{
	int fd = openat(directory, path, flags | O_CLOEXEC, 0600);

	if (fd < 0)
		wrong("open %s: errno %d", path, errno);
	return fd;
}
