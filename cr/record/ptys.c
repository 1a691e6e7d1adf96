// SPDX-License-Identifier: GPL-2.0
/*
 * Terminals.  A pseudoterminal whose master is in the tree is recorded.  All others are outside: one that is a standard
 * descriptor has been inherited, and a restart puts its own in its place (outside.c); one that is not has been
 * opened by its name, and is again.
 *
 * A master cannot be opened again by its path, which would make a new one; pidfd_getfd() gets at it.  What lies in a
 * terminal's queues cannot be copied without taking it out: a tree is recorded when they are empty.  (A line that is
 * being typed counts when it is complete; the kernel says nothing of it before.)
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>

#include "files.h"
#include "lib/report.h"

#define PTS_MAJOR 136

/* The device of the terminal behind /dev/tty, /dev/console or /dev/ptmx: for both ends of a pty the slave's. */
static uint32_t device_of(int fd, uint32_t otherwise)
{
	unsigned int dev;

	return ioctl(fd, TIOCGDEV, &dev) ? otherwise : dev;
}

/* Who owns the slave's name, and may open it; by our own mounts, or by those of the task. */
static int read_owner(const struct look *l, struct pty *p)
{
	char path[64];
	struct stat st;

	if (p->mounts < 0)
		snprintf(path, sizeof(path), "/dev/pts/%u", p->index);
	else
		snprintf(path, sizeof(path), "/proc/%d/root/dev/pts/%u", l->r->tid, p->index);
	if (stat(path, &st) || st.st_rdev != makedev(PTS_MAJOR, p->index))
		return record_refuse(l, "the owner of its terminal cannot be read");
	p->uid = st.st_uid;
	p->gid = st.st_gid;
	p->mode = st.st_mode & 07777;
	return 0;
}

static int read_pty(const struct look *l, int32_t mounts, struct pty *p)
{
	struct { unsigned short rows, columns, xpixel, ypixel; } size;
	struct pollfd poll_fd = { .fd = l->own, .events = POLLIN };
	struct termios2 termios;
	int locked, packet, waiting, discipline, exclusive;
	unsigned int index;

	if (ioctl(l->own, TIOCGPTN, &index) || ioctl(l->own, TIOCGPTLCK, &locked) || ioctl(l->own, TIOCGPKT, &packet) ||
	    ioctl(l->own, TCGETS2, &termios) || ioctl(l->own, TIOCGWINSZ, &size) || ioctl(l->own, FIONREAD, &waiting) ||
	    ioctl(l->own, TIOCGETD, &discipline) || ioctl(l->own, TIOCGEXCL, &exclusive) || poll(&poll_fd, 1, 0) < 0)
		return record_refuse(l, "the state of its terminal cannot be read");
	if (waiting)
		return record_refuse(l, "its terminal has output that nobody has read");
	if (discipline || exclusive || index >= PTYS_MAX)
		return record_refuse(l, "a terminal with a line discipline, exclusive mode or number that an image cannot hold");
	_Static_assert(sizeof(termios) <= sizeof(p->termios), "struct termios2 has room");
	*p = (struct pty){
		.index = index, .locked = locked, .packet = packet, .rows = size.rows, .columns = size.columns,
		.xpixel = size.xpixel, .ypixel = size.ypixel, .session = -1, .foreground = -1, .mounts = mounts,
		.hung_up = poll_fd.revents & POLLHUP,
	};
	memcpy(p->termios, &termios, sizeof(termios));
	return read_owner(l, p);
}

/* The index in image.ptys; -1: none. */
static int find_pty(const struct recorder *rec, uint32_t dev)
{
	for (uint32_t i = 0; major(dev) == PTS_MAJOR && i < rec->image.n_ptys; i++)
		if (rec->image.ptys[i].index == minor(dev))
			return i;
	return -1;
}

int record_terminal(struct recorder *rec, const struct look *l, struct open *o)
{
	bool is_master = l->st.st_rdev == makedev(5, 2);
	const char *lost = record_find_way(l, &o->mounts);
	uint32_t dev = device_of(l->own, l->st.st_rdev);
	struct pty pty, *p;
	int known;

	if (!is_master) {
		/* Of one that is outside that is of no interest. */
		rec->opens[rec->image.n_opens - 1].lost = lost;
		rec->opens[rec->image.n_opens - 1].terminal = dev;
		o->kind = OPEN_OUTSIDE;		/* until the master turns up */
		o->outside = (struct open_outside){ .number = l->fd, .terminal = true };
		return 0;
	}
	if (lost)
		return record_refuse(l, lost);
	o->kind = OPEN_PTY_MASTER;
	known = find_pty(rec, dev);
	if (known < 0) {
		if (read_pty(l, o->mounts, &pty))
			return -1;
		p = image_append(&rec->image, IMAGE_PTY);
		if (!p)
			return record_refuse(l, strerror(ENOMEM));
		*p = pty;
		known = rec->image.n_ptys - 1;
	}
	o->pty.pty = known;
	return 0;
}

/* It is inherited; or opened again by its name, which must lead to it still. */
static int settle_outside(struct recorder *rec, uint32_t i)
{
	const struct open_key *key = &rec->opens[i];
	struct open *o = &rec->image.opens[i];
	struct stat st;
	int fd;

	if (o->outside.number <= STDERR_FILENO) {
		o->mounts = -1;
		return 0;
	}
	fd = record_get_fd(key->tid, key->fd);
	if (key->lost || fd < 0 || fstat(fd, &st)) {
		record_refuse_fd(rec, key->tid, key->fd, o->path, key->lost ? key->lost : strerror(errno));
		if (fd >= 0)
			close(fd);
		return -1;
	}
	close(fd);
	o->kind = OPEN_DEVICE;
	o->device.rdev = st.st_rdev;
	return 0;
}

/* A terminal whose master has turned up in the tree is not outside. */
static int settle_slaves(struct recorder *rec)
{
	for (uint32_t i = 0; i < rec->image.n_opens; i++) {
		struct open *o = &rec->image.opens[i];
		int pty = o->kind == OPEN_OUTSIDE ? find_pty(rec, rec->opens[i].terminal) : -1, fd, waiting = 0;

		if (pty < 0 && o->kind == OPEN_OUTSIDE && settle_outside(rec, i))
			return -1;
		if (pty < 0)
			continue;
		if (rec->opens[i].lost)
			return record_refuse_fd(rec, rec->opens[i].tid, rec->opens[i].fd, o->path, rec->opens[i].lost);
		o->kind = OPEN_PTY_SLAVE;
		o->pty.pty = pty;
		fd = record_get_fd(rec->opens[i].tid, rec->opens[i].fd);
		if (fd < 0 || ioctl(fd, FIONREAD, &waiting) || waiting) {
			if (fd >= 0)
				close(fd);
			return record_refuse_fd(rec, rec->opens[i].tid, rec->opens[i].fd, o->path,
						"its terminal has input that nobody has read");
		}
		close(fd);
	}
	return 0;
}

/* Is a task in the mount namespace, or born below it?  It inherits then what the first one there has opened. */
static bool is_below(const struct recorder *rec, int index, int32_t mounts)
{
	while (index >= 0 && mounts >= 0 && rec->image.tasks[index].mounts != mounts)
		index = rec->image.tasks[index].parent;
	return index >= 0;
}

/* The controlling terminal of a process, which is that of its session or none. */
static int record_controlling(struct recorder *rec, int index)
{
	struct recorded_task *t = &rec->image.tasks[index];
	const struct task_tty *tty = &rec->ttys[index];
	int pty = find_pty(rec, tty->dev), leader;

	t->terminal = pty;
	if (!tty->dev || (pty < 0 && t->sid_outside))
		return 0;
	leader = tree_by_pid(&rec->tree, t->sid.nr[0]);
	if (pty < 0 || leader < 0) {
		report(0, "pid %d (%s) cannot be recorded: its controlling terminal is %s the tree, and its session is %s",
		       t->pid.nr[0], t->name, pty < 0 ? "outside" : "in", pty < 0 ? "not" : "outside");
		return -1;
	}
	if (!is_below(rec, leader, rec->image.ptys[pty].mounts)) {
		report(0, "pid %d (%s) cannot be recorded: its controlling terminal was opened in another mount namespace",
		       t->pid.nr[0], t->name);
		return -1;
	}
	rec->image.ptys[pty].session = leader;
	for (int i = 0; i < rec->tree.n && rec->image.ptys[pty].foreground < 0; i++)
		if (tty->foreground > 0 && rec->image.tasks[i].kind == TASK_PROCESS &&
		    rec->image.tasks[i].pgid.nr[0] == tty->foreground)
			rec->image.ptys[pty].foreground = i;
	return 0;
}

int record_terminals(struct recorder *rec)
{
	if (settle_slaves(rec))
		return -1;
	for (int i = 0; i < rec->tree.n; i++)
		if (rec->image.tasks[i].kind == TASK_PROCESS && record_controlling(rec, i))
			return -1;
	return record_outer_terminal(rec);
}
