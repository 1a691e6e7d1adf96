// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <asm/unistd.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/syscall.h>

#include "inside.h"
#include "cr/kinds/pty_master.h"

/* Convert flags for mount(), whose default is relatime. */
static unsigned long mount_flags(uint32_t flags)
{
	return flags & (MS_RELATIME | MS_NOATIME) ? flags : flags | MS_STRICTATIME;
}

/*
 * The process has a copy of its creator's mounts.  Make them private and give them their recorded flags, since the copy
 * also has whatever the creator changed, such as read-only mounts.
 */
int create_mounts(const struct inherited *in, const struct planned *p)
{
	const struct new_mounts *m = p->mounts < 0 ? NULL : &in->mounts[p->mounts];
	const struct remount *remount = m ? m->remounts : NULL;

	if (p->new_mounts && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return -1;
	for (; p->new_mounts && remount->point; remount++)
		if (mount(NULL, remount->point, NULL, MS_REMOUNT | MS_BIND | mount_flags(remount->flags), NULL))
			return -1;
	if (!p->mount_proc)
		return 0;
	/* First without flags: those of a new mount also go to its super block. */
	return mount(m->proc_source, "/proc", "proc", 0, NULL) ||
	       mount(NULL, "/proc", NULL, MS_REMOUNT | MS_BIND | mount_flags(m->proc_flags), NULL) ? -1 : 0;
}

/* Masters that processes open and inherit get numbers from here on, where they collide with nothing else. */
#define INNER_PTY_FDS 512

/* The first process of a mount namespace opens the masters that were opened there; those below it inherit them. */
int create_masters(const struct inherited *in, const struct planned *p)
{
	for (uint32_t i = 0; p->new_mounts && i < in->n_ptys; i++) {
		struct new_pty *pty = &in->ptys[i];
		int fd;

		if (pty->mounts != p->mounts)
			continue;
		fd = pty_master(pty->index);
		pty->inner_fd = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, INNER_PTY_FDS);
		if (pty->inner_fd < 0)
			return -1;
		close(fd);
		/* Before the process runs, only its descriptors below the pidfd are closed. */
		if (pty->inner_fd >= in->pidfd) {
			errno = EMFILE;
			return -1;
		}
	}
	return 0;
}

/* Get the master of a terminal: from the restarting program, or one that this process has opened or inherited. */
static int get_master(const struct inherited *in, const struct planned *p, const struct new_pty *pty)
{
	if (pty->mounts < 0)
		return syscall(__NR_pidfd_getfd, in->pidfd, pty->fd, 0);
	while (p->creator >= 0 && !(p->new_mounts && p->mounts == pty->mounts))
		p = &in->planned[p->creator];
	if (p->new_mounts && p->mounts == pty->mounts)
		return dup(pty->inner_fd);
	errno = EXDEV;
	return -1;
}

/*
 * Children inherit the controlling terminal, too.  So a session leader takes it before it has children, and a process
 * that should have none gives it up.
 */
int create_take_terminal(const struct inherited *in, const struct planned *p)
{
	int fd, ret;

	if (p->new_session && p->terminal >= 0) {
		fd = get_master(in, p, &in->ptys[p->terminal]);
		ret = fd < 0 ? -1 : ioctl(fd, TIOCSCTTY, 0);
	} else if (p->leaves_terminal) {
		fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
		ret = fd < 0 ? -1 : ioctl(fd, TIOCNOTTY);
	} else {
		return 0;
	}
	if (fd >= 0)
		close(fd);
	return ret;
}
