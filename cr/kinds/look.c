// SPDX-License-Identifier: GPL-2.0
/* What several kinds need to know about a descriptor that is being recorded. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <linux/magic.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include "cr/hold/refuse.h"
#include "record.h"

int refuse_fd(const struct task *t, int fd, const char *path, const char *why)
{
	char object[160];	/* of a path that is too long to be shown, the beginning, so that the reason is */

	snprintf(object, sizeof(object), "descriptor %d, `%s'", fd, path ? path : "?");
	return refuse(t, object, why);
}

int refuse_look(const struct look *l, const char *why)
{
	return refuse_fd(l->task, l->fd, l->path, why);
}

int refuse_found(const struct recording *r, uint32_t open, const char *why)
{
	return refuse_fd(r->found[open].task, r->found[open].fd, r->image->opens[open].path, why);
}

int get_fd(const struct task *t, int fd)
{
	int pidfd = syscall(SYS_pidfd_open, t->pid[0], 0), got = -1;

	if (pidfd >= 0) {
		got = syscall(SYS_pidfd_getfd, pidfd, fd, 0);
		close(pidfd);
	}
	return got;
}

int get_found(const struct recording *r, uint32_t open)
{
	return get_fd(r->found[open].task, r->found[open].fd);
}

int record_path(const struct look *l, struct open *o)
{
	char link[64];
	struct statfs fs;

	snprintf(link, sizeof(link), "/proc/%d/fd/%d", l->task->pid[0], l->fd);
	if (*l->path != '/')
		return refuse_look(l, "a file that has never had a name");
	if (statfs(link, &fs))
		return refuse_look(l, strerror(errno));
	if (fs.f_type == PROC_SUPER_MAGIC)
		return refuse_look(l, "a file of /proc");
	if (S_ISCHR(l->st.st_mode) && !(l->flags & O_PATH) && fs.f_flags & ST_NODEV)
		return refuse_look(l, "a device on a mount that has become nodev");
	o->mounts = l->mounts;
	return l->lost ? refuse_look(l, l->lost) : 0;
}
