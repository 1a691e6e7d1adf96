// SPDX-License-Identifier: GPL-2.0
/* Pseudoterminals.  Sessions take theirs when they are created: create.c. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <asm/unistd.h>
#include <sys/ioctl.h>

#include "rebuild.h"
#include "report.h"

/*
 * A master with the recorded number: the lowest ones that are free are given out first, so those in between are held
 * until it comes.
 */
static int open_master(uint32_t wanted)
{
	int held[PTYS_MAX], n = 0, fd = -1;
	unsigned int index = 0;

	while (n < PTYS_MAX) {
		fd = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
		if (fd < 0 || ioctl(fd, TIOCGPTN, &index) || index >= wanted)
			break;
		held[n++] = fd;
		fd = -1;
	}
	while (n)
		close(held[--n]);
	if (fd >= 0 && index != wanted) {
		close(fd);
		errno = EBUSY;
		return -1;
	}
	return fd;
}

static int set_pty(int fd, const struct pty *p)
{
	struct { unsigned short rows, columns, xpixel, ypixel; } size = { p->rows, p->columns, p->xpixel, p->ypixel };
	int unlocked = 0, packet = p->packet, slave;

	if (ioctl(fd, TIOCSPTLCK, &unlocked) || ioctl(fd, TIOCPKT, &packet) || ioctl(fd, TCSETS2, p->termios) ||
	    ioctl(fd, TIOCSWINSZ, &size))
		return -1;
	if (!p->hung_up)
		return 0;
	slave = ioctl(fd, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	return slave < 0 ? -1 : close(slave);
}

int rebuild_ptys(struct builder *b)
{
	for (uint32_t i = 0; i < b->image->n_ptys; i++) {
		const struct pty *p = &b->image->ptys[i];

		b->pty_fd[i] = open_master(p->index);
		if (b->pty_fd[i] >= 0 && !set_pty(b->pty_fd[i], p))
			continue;
		report(errno, "make the terminal /dev/pts/%u again", p->index);
		return -1;
	}
	return 0;
}

int rebuild_open_pty(const struct builder *b, const struct open *o)
{
	int master = b->pty_fd[o->object], fd;

	if (o->kind == OPEN_PTY_MASTER)
		fd = fcntl(master, F_DUPFD_CLOEXEC, 3);
	else
		fd = ioctl(master, TIOCGPTPEER, (o->flags & (O_ACCMODE | O_NONBLOCK | O_LARGEFILE)) | O_NOCTTY);
	/* Not by O_CLOEXEC, which F_GETFL would show of this call. */
	if (fd >= 0 && !fcntl(fd, F_SETFD, FD_CLOEXEC))
		return fd;
	report(errno, "open the terminal /dev/pts/%u", b->image->ptys[o->object].index);
	if (fd >= 0)
		close(fd);
	return -1;
}

int rebuild_terminal(struct builder *b, int index)
{
	const struct recorded_task *t = &b->image->tasks[index];
	const struct pty *p = t->terminal < 0 ? NULL : &b->image->ptys[t->terminal];
	struct remote *r = &b->remote[index];
	int32_t pgid;
	long fd, ret;

	if (!p || p->session != index || p->foreground < 0 || b->options->pids == PIDS_NONE)
		return 0;
	pgid = b->image->tasks[p->foreground].pgid.nr[t->pid.levels - 1];
	fd = rebuild_get_fd(b, r, b->pty_fd[t->terminal]);
	ret = fd < 0 ? REMOTE_FAILED : REMOTE_CALL_WITH(r, __NR_ioctl, 2, &pgid, sizeof(pgid), fd, TIOCSPGRP);
	if (!ret)
		ret = REMOTE_CALL(r, __NR_close, fd);
	return ret ? rebuild_failed(r, "set the foreground group of its terminal", ret) : 0;
}

int rebuild_locks(struct builder *b)
{
	const int locked = 1;

	for (uint32_t i = 0; i < b->image->n_ptys; i++) {
		if (!b->image->ptys[i].locked || !ioctl(b->pty_fd[i], TIOCSPTLCK, &locked))
			continue;
		report(errno, "lock the terminal /dev/pts/%u", b->image->ptys[i].index);
		return -1;
	}
	return 0;
}
