// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <asm/unistd.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/syscall.h>

#include "inside.h"
#include "pty_master.h"

/* As mount() takes them: it is relative access times that it gives to who says nothing. */
static unsigned long mount_flags(uint32_t flags)
{
	return flags & (MS_RELATIME | MS_NOATIME) ? flags : flags | MS_STRICTATIME;
}

/*
 * A copy of the creator's mounts: they are nobody else's, and have the flags that they had.  What the creator has made
 * read-only is so in the copy.
 */
int create_mounts(const struct inherited *in, const struct planned *p)
{
	const struct mounts *m = p->mounts < 0 ? NULL : &in->c.image->mountss[p->mounts];
	const struct remount *remount = m ? in->remounts[p->mounts] : NULL;

	if (p->new_mounts && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return -1;
	for (; p->new_mounts && remount->point; remount++)
		if (mount(NULL, remount->point, NULL, MS_REMOUNT | MS_BIND | mount_flags(remount->flags), NULL))
			return -1;
	if (!p->mount_proc)
		return 0;
	/* First without: what a mount is made with, its super block gets, too. */
	return mount(m->proc_source, "/proc", "proc", 0, NULL) ||
	       mount(NULL, "/proc", NULL, MS_REMOUNT | MS_BIND | mount_flags(m->proc_flags), NULL) ? -1 : 0;
}

/* Masters that processes open and inherit have numbers from here on, where nothing else of theirs is in the way. */
#define INNER_PTY_FDS 512

/* The first process of a mount namespace opens the terminals that were opened there; those below inherit them. */
int create_masters(const struct inherited *in, const struct planned *p)
{
	const struct image *image = in->c.image;

	for (uint32_t i = 0; p->new_mounts && i < image->n_ptys; i++) {
		int fd, *number = &in->c.inner_pty_fd[i];

		if (image->ptys[i].mounts != p->mounts)
			continue;
		fd = pty_master(image->ptys[i].index);
		*number = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, INNER_PTY_FDS);
		if (*number < 0)
			return -1;
		close(fd);
		/* All below the pidfd is closed before the process goes on. */
		if (*number >= in->c.pidfd) {
			errno = EMFILE;
			return -1;
		}
	}
	return 0;
}

/* The master of a terminal: the restarting program's, or one that this process has inherited. */
static int get_master(const struct inherited *in, const struct planned *p, int pty)
{
	int mounts = in->c.image->ptys[pty].mounts;

	if (mounts < 0)
		return syscall(__NR_pidfd_getfd, in->c.pidfd, in->c.pty_fd[pty], 0);
	while (p->creator >= 0 && !(p->new_mounts && p->mounts == mounts))
		p = &in->c.plan->planned[p->creator];
	if (p->new_mounts && p->mounts == mounts)
		return dup(in->c.inner_pty_fd[pty]);
	errno = EXDEV;
	return -1;
}

/*
 * A controlling terminal is inherited, too: the leader of a session takes it before it has children, and who has none
 * gives it back.
 */
int create_take_terminal(const struct inherited *in, const struct planned *p)
{
	const struct image *image = in->c.image;
	int own = p->task < 0 ? -1 : image->tasks[p->task].terminal, fd, ret;
	int creators = p->creator < 0 ? -1 : in->c.plan->planned[p->creator].task;

	if (p->new_session && own >= 0) {
		fd = get_master(in, p, own);
		ret = fd < 0 ? -1 : ioctl(fd, TIOCSCTTY, 0);
	} else if (!p->new_session && p->task >= 0 && own < 0 && creators >= 0 && image->tasks[creators].terminal >= 0) {
		fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
		ret = fd < 0 ? -1 : ioctl(fd, TIOCNOTTY);
	} else {
		return 0;
	}
	if (fd >= 0)
		close(fd);
	return ret;
}
