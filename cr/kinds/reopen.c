// SPDX-License-Identifier: GPL-2.0
/*
 * Open again what was open, through the right mounts.  If the restarting program opened a container's file through its
 * own mounts, it would lead out of the container: from a directory of the machine, one can reach the machine's /proc.
 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

#include "lib/report.h"
#include "rebuild.h"

int reopen_failed(const struct open *o, const char *what)
{
	report(errno, "%s `%s', which was open", what, o->path ? o->path : "?");
	return -1;
}

int reopen_fd(int fd, int flags)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return syscall(SYS_open, path, flags, 0);	/* with these flags alone: see reopen_path() */
}

int reopen_path(const struct reopening *re, int32_t mounts, const char *path, int flags)
{
	const struct open_how how = {
		.flags = (unsigned int)(flags & O_PATH ? flags & (O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : flags),
		.mode = (flags & O_TMPFILE) == O_TMPFILE ? 0600 : 0,
		.resolve = RESOLVE_IN_ROOT,
	};

	/* Both with these flags alone: the C library's open() adds one, which F_GETFL then shows. */
	if (mounts < 0)
		return syscall(SYS_open, path, flags, 0600);
	return syscall(SYS_openat2, re->mounts_root[mounts], path, &how, sizeof(how));
}

int reopen_named(const struct reopening *re, const struct open *o)
{
	int fd = reopen_path(re, o->mounts, o->path, reopen_flags(o->flags));

	return fd < 0 ? reopen_failed(o, "open") : fd;
}
