// SPDX-License-Identifier: GPL-2.0
/* Pseudoterminals.  Sessions take theirs when they are created: create.c. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <asm/unistd.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "cr/create/pty_master.h"
#include "rebuild.h"
#include "lib/report.h"

static int set_pty(const struct builder *b, int fd, const struct pty *p)
{
	struct { unsigned short rows, columns, xpixel, ypixel; } size = { p->rows, p->columns, p->xpixel, p->ypixel };
	int unlocked = 0, packet = p->packet, slave;
	char path[64];

	if (p->mounts < 0)
		snprintf(path, sizeof(path), "/dev/pts/%u", p->index);
	else
		snprintf(path, sizeof(path), "/proc/%d/root/dev/pts/%u", rebuild_first_in(b, p->mounts), p->index);
	if (chown(path, p->uid, p->gid) || chmod(path, p->mode))
		return -1;
	if (ioctl(fd, TIOCSPTLCK, &unlocked) || ioctl(fd, TIOCPKT, &packet) || ioctl(fd, TCSETS2, p->termios) ||
	    ioctl(fd, TIOCSWINSZ, &size))
		return -1;
	if (!p->hung_up)
		return 0;
	slave = ioctl(fd, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	return slave < 0 ? -1 : close(slave);
}

static int make_pty(struct builder *b, uint32_t i, int fd)
{
	b->pty_fd[i] = fd;
	if (fd >= 0 && !set_pty(b, fd, &b->image->ptys[i]))
		return 0;
	report(errno, "make the terminal /dev/pts/%u again", b->image->ptys[i].index);
	return -1;
}

int rebuild_ptys(struct builder *b)
{
	for (uint32_t i = 0; i < b->image->n_ptys; i++)
		if (b->image->ptys[i].mounts < 0 && make_pty(b, i, pty_master(b->image->ptys[i].index)))
			return -1;
	return 0;
}

/* What the first process of a mount namespace has opened there: create/process.c. */
static int fetch_master(const struct builder *b, const struct pty *p)
{
	int pidfd = syscall(SYS_pidfd_open, rebuild_first_in(b, p->mounts), 0), fd;

	if (pidfd < 0)
		return -1;
	fd = syscall(SYS_pidfd_getfd, pidfd, b->creation.inner_pty_fd[p - b->image->ptys], 0);
	close(pidfd);
	return fd;
}

int rebuild_inner_ptys(struct builder *b)
{
	for (uint32_t i = 0; i < b->image->n_ptys; i++)
		if (b->image->ptys[i].mounts >= 0 && make_pty(b, i, fetch_master(b, &b->image->ptys[i])))
			return -1;
	return 0;
}

/* By its name, where it has come by other mounts than its master. */
static int open_slave(const struct builder *b, const struct open *o)
{
	char path[32];

	snprintf(path, sizeof(path), "/dev/pts/%u", b->image->ptys[o->pty.pty].index);
	return rebuild_open(b, o->mounts, path, (o->flags & (O_ACCMODE | O_NONBLOCK | O_LARGEFILE)) | O_NOCTTY);
}

int rebuild_open_pty(const struct builder *b, const struct open *o)
{
	int master = b->pty_fd[o->pty.pty], fd;

	if (o->kind == OPEN_PTY_MASTER)
		fd = fcntl(master, F_DUPFD_CLOEXEC, 3);
	else if (o->mounts != b->image->ptys[o->pty.pty].mounts)
		fd = open_slave(b, o);
	else
		fd = ioctl(master, TIOCGPTPEER, (o->flags & (O_ACCMODE | O_NONBLOCK | O_LARGEFILE)) | O_NOCTTY);
	/* Not by O_CLOEXEC, which F_GETFL would show of this call. */
	if (fd >= 0 && !fcntl(fd, F_SETFD, FD_CLOEXEC))
		return fd;
	report(errno, "open the terminal /dev/pts/%u", b->image->ptys[o->pty.pty].index);
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
