// SPDX-License-Identifier: GPL-2.0
/*
 * Pseudoterminals whose masters are in the tree.  All other terminals are outside.  One that is a standard descriptor
 * has been inherited, and a restart replaces it by its own (outside.c).  Any other has been opened by name, and is
 * opened by name again (device.c).
 *
 * A master cannot be opened again by its path, which would create a new one; we get it with pidfd_getfd().  The
 * contents of a terminal's queues cannot be copied without consuming them, so a tree can be recorded only when they are
 * empty. (A line that is being typed counts only once it is complete: the kernel does not report it earlier.)
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <asm/ioctls.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include "cr/image/memory.h"
#include "image.h"
#include "lib/report.h"
#include "outside.h"
#include "pty.h"
#include "pty_master.h"

static void code(struct coder *c, struct open *o)
{
	code_u32(c, &o->pty.pty);
}

static bool sound(const struct image *image, uint32_t i)
{
	return image->opens[i].pty.pty < image->n_ptys;
}

static bool is(const struct look *l)
{
	unsigned int type = major(l->st.st_rdev);

	return S_ISCHR(l->st.st_mode) && (type == 4 || type == 5 || type == PTS_MAJOR);
}

/* The device number of the terminal behind /dev/tty, /dev/console or /dev/ptmx; for both ends of a pty, the slave's. */
static uint32_t device_of(int fd, uint32_t otherwise)
{
	unsigned int dev;

	return ioctl(fd, TIOCGDEV, &dev) ? otherwise : dev;
}

int pty_by_device(const struct image *image, uint32_t dev)
{
	for (uint32_t i = 0; major(dev) == PTS_MAJOR && i < image->n_ptys; i++)
		if (image->ptys[i].index == minor(dev))
			return i;
	return -1;
}

static int record_master(struct recording *r, const struct look *l, struct open *o, uint32_t dev)
{
	int known = pty_by_device(r->image, dev);
	struct pty pty, *p;

	if (l->lost)
		return refuse_look(l, l->lost);
	o->kind = OPEN_PTY_MASTER;
	if (known < 0) {
		if (pty_read(l, l->mounts, &pty))
			return -1;
		p = image_append(r->image, IMAGE_PTY);
		if (!p)
			return refuse_look(l, strerror(ENOMEM));
		*p = pty;
		known = r->image->n_ptys - 1;
	}
	o->pty.pty = known;
	return 0;
}

static int record(struct recording *r, const struct look *l, struct open *o)
{
	uint32_t dev = device_of(l->own, l->st.st_rdev);
	struct found *found = &r->found[o - r->image->opens];

	o->mounts = l->mounts;
	if (l->st.st_rdev == makedev(5, 2))
		return record_master(r, l, o, dev);
	/* If it turns out to be outside and inherited, it does not matter whether its path leads to it. */
	found->lost = l->lost;
	found->terminal = dev;
	o->kind = OPEN_PTY_SLAVE;		/* or outside, if no master of it turns up */
	return 0;
}

/* opens[i] is outside: it is inherited, or opened again by its name, which must still lead to it. */
static int settle_outside(struct recording *r, uint32_t i)
{
	const struct found *found = &r->found[i];
	struct open *o = &r->image->opens[i];
	struct stat st;
	int fd, ret;

	if (found->fd <= STDERR_FILENO) {
		outside_record_as(r, i, found->fd, true);
		return 0;
	}
	if (found->lost)
		return refuse_found(r, i, found->lost);
	fd = get_found(r, i);
	ret = fd < 0 || fstat(fd, &st) ? refuse_found(r, i, strerror(errno)) : 0;
	if (fd >= 0)
		close(fd);
	o->kind = OPEN_DEVICE;
	o->device.rdev = ret ? 0 : st.st_rdev;
	return ret;
}

static int settle_slave(struct recording *r, uint32_t i, uint32_t pty)
{
	int fd, waiting = 0, ret = 0;

	if (r->found[i].lost)
		return refuse_found(r, i, r->found[i].lost);
	r->image->opens[i].pty.pty = pty;
	fd = get_found(r, i);
	if (fd < 0 || ioctl(fd, FIONREAD, &waiting) || waiting)
		ret = refuse_found(r, i, "its terminal has input that nobody has read");
	if (fd >= 0)
		close(fd);
	return ret;
}

/* Now that all descriptors are known: a terminal is outside unless its master is in the tree. */
static int settle(struct recording *r)
{
	for (uint32_t i = 0; i < r->image->n_opens; i++) {
		int pty = pty_by_device(r->image, r->found[i].terminal);

		if (r->image->opens[i].kind != OPEN_PTY_SLAVE)
			continue;
		if (pty < 0 ? settle_outside(r, i) : settle_slave(r, i, pty))
			return -1;
	}
	return 0;
}

static int make_pty(struct reopening *re, uint32_t i, int fd)
{
	re->pty_fd[i] = fd;
	if (fd >= 0 && !pty_set(re, fd, &re->image->ptys[i]))
		return 0;
	report(errno, "recreate the terminal /dev/pts/%u", re->image->ptys[i].index);
	return -1;
}

/*
 * Open the masters that belong to our own mounts before any process exists: new sessions take their terminals at once.
 */
static int make_ptys(struct reopening *re)
{
	for (uint32_t i = 0; i < re->image->n_ptys; i++)
		if (re->image->ptys[i].mounts < 0 && make_pty(re, i, pty_master(re->image->ptys[i].index)))
			return -1;
	return 0;
}

/* Get the master that the first process of a mount namespace has opened there: cr/create/inside.c. */
static int fetch_master(const struct reopening *re, const struct pty *p)
{
	int pidfd = syscall(SYS_pidfd_open, re->mounts_first[p->mounts], 0), fd;

	if (pidfd < 0)
		return -1;
	fd = syscall(SYS_pidfd_getfd, pidfd, re->inner_pty_fd[p - re->image->ptys], 0);
	close(pidfd);
	return fd;
}

static int fetch_ptys(struct reopening *re)
{
	for (uint32_t i = 0; i < re->image->n_ptys; i++)
		if (re->image->ptys[i].mounts >= 0 && make_pty(re, i, fetch_master(re, &re->image->ptys[i])))
			return -1;
	return 0;
}

/* Open a slave by its name, if it was opened through other mounts than its master. */
static int open_slave(const struct reopening *re, const struct open *o)
{
	char path[32];

	snprintf(path, sizeof(path), "/dev/pts/%u", re->image->ptys[o->pty.pty].index);
	return reopen_path(re, o->mounts, path, (o->flags & (O_ACCMODE | O_NONBLOCK | O_LARGEFILE)) | O_NOCTTY);
}

static int open_again(const struct reopening *re, const struct open *o)
{
	int master = re->pty_fd[o->pty.pty], fd;

	if (o->kind == OPEN_PTY_MASTER)
		fd = fcntl(master, F_DUPFD_CLOEXEC, 3);
	else if (o->mounts != re->image->ptys[o->pty.pty].mounts)
		fd = open_slave(re, o);
	else
		fd = ioctl(master, TIOCGPTPEER, (o->flags & (O_ACCMODE | O_NONBLOCK | O_LARGEFILE)) | O_NOCTTY);
	/* Not with O_CLOEXEC in the calls above, as F_GETFL would then show it. */
	if (fd >= 0 && !fcntl(fd, F_SETFD, FD_CLOEXEC))
		return fd;
	report(errno, "open the terminal /dev/pts/%u", re->image->ptys[o->pty.pty].index);
	if (fd >= 0)
		close(fd);
	return -1;
}

int pty_lock_all(const struct reopening *re)
{
	const int locked = 1;

	for (uint32_t i = 0; i < re->image->n_ptys; i++) {
		if (!re->image->ptys[i].locked || !ioctl(re->pty_fd[i], TIOCSPTLCK, &locked))
			continue;
		report(errno, "lock the terminal /dev/pts/%u", re->image->ptys[i].index);
		return -1;
	}
	return 0;
}

const struct kind_image pty_master_image = { .code = code, .sound = sound, .check = pty_check };
const struct kind_image pty_slave_image = { .code = code, .sound = sound };
const struct kind_record pty_record = { .is = is, .record = record, .settle = settle };
const struct kind_rebuild pty_master_rebuild = { .early = make_ptys, .begin = fetch_ptys, .open = open_again };
const struct kind_rebuild pty_slave_rebuild = { .open = open_again };
