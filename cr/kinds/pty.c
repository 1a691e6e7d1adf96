// SPDX-License-Identifier: GPL-2.0
/*
 * Pseudoterminals whose masters are in the tree.  All other terminals are outside: one that is a standard descriptor has
 * been inherited, and a restart puts its own in its place (outside.c); one that is not has been opened by its name, and
 * is again (device.c).
 *
 * A master cannot be opened again by its path, which would make a new one; pidfd_getfd() gets at it.  What lies in a
 * terminal's queues cannot be copied without taking it out: a tree is recorded when they are empty.  (A line that is
 * being typed counts when it is complete; the kernel says nothing of it before.)
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>

#include "cr/image/memory.h"
#include "cr/image/unsound.h"
#include "image.h"
#include "outside.h"
#include "pty.h"

static void code(struct coder *c, struct open *o)
{
	code_u32(c, &o->pty.pty);
}

void code_pty(struct coder *c, void *element)
{
	struct pty *p = element;

	code_u32(c, &p->index);
	code_i32(c, &p->mounts);
	code_bool(c, &p->locked);
	code_bool(c, &p->packet);
	code_bool(c, &p->hung_up);
	code_bytes(c, p->termios, sizeof(p->termios));
	code_u16(c, &p->rows);
	code_u16(c, &p->columns);
	code_u16(c, &p->xpixel);
	code_u16(c, &p->ypixel);
	code_u32(c, &p->uid);
	code_u32(c, &p->gid);
	code_u32(c, &p->mode);
	code_i32(c, &p->session);
	code_i32(c, &p->foreground);
}

static bool sound(const struct image *image, uint32_t i)
{
	return image->opens[i].pty.pty < image->n_ptys;
}

static int check(const struct image *image)
{
	static unsigned char seen[PTYS_MAX];

	for (uint32_t i = 0; i < PTYS_MAX; i++)
		seen[i] = 0;
	for (uint32_t i = 0; i < image->n_ptys; i++) {
		const struct pty *p = &image->ptys[i];

		if (p->index >= PTYS_MAX || seen[p->index]++)
			return image_refuse("terminal", i, "/dev/pts/%u is twice there, or cannot be", p->index);
		if (!is_in_or_none(p->mounts, image->n_mountss))
			return image_refuse("terminal", i, "its mount namespace is not there");
		if (p->uid == ~0U || p->gid == ~0U || p->mode > 07777)
			return image_refuse("terminal", i, "nobody can be its owner, or have its permissions");
		if (!is_in_or_none(p->session, image->n_tasks) || !is_in_or_none(p->foreground, image->n_tasks))
			return image_refuse("terminal", i, "its session or foreground group is not there");
	}
	return 0;
}

static bool is(const struct look *l)
{
	unsigned int type = major(l->st.st_rdev);

	return S_ISCHR(l->st.st_mode) && (type == 4 || type == 5 || type == PTS_MAJOR);
}

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
		snprintf(path, sizeof(path), "/proc/%d/root/dev/pts/%u", l->task->pid[0], p->index);
	if (stat(path, &st) || st.st_rdev != makedev(PTS_MAJOR, p->index))
		return refuse_look(l, "the owner of its terminal cannot be read");
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
		return refuse_look(l, "the state of its terminal cannot be read");
	if (waiting)
		return refuse_look(l, "its terminal has output that nobody has read");
	if (discipline || exclusive || index >= PTYS_MAX)
		return refuse_look(l, "a terminal with a line discipline, exclusive mode or number that an image cannot hold");
	_Static_assert(sizeof(termios) <= sizeof(p->termios), "struct termios2 has room");
	*p = (struct pty){
		.index = index, .locked = locked, .packet = packet, .rows = size.rows, .columns = size.columns,
		.xpixel = size.xpixel, .ypixel = size.ypixel, .session = -1, .foreground = -1, .mounts = mounts,
		.hung_up = poll_fd.revents & POLLHUP,
	};
	memcpy(p->termios, &termios, sizeof(termios));
	return read_owner(l, p);
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
		if (read_pty(l, l->mounts, &pty))
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
	/* Of one that is outside it is of no interest whether its path leads to it. */
	found->lost = l->lost;
	found->terminal = dev;
	o->kind = OPEN_PTY_SLAVE;		/* or outside, if no master of it turns up */
	return 0;
}

/* opens[i] is outside: it is inherited; or opened again by its name, which must lead to it still. */
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

/* A terminal whose master has turned up in the tree is not outside. */
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

const struct kind_image pty_master_image = { .code = code, .sound = sound, .check = check };
const struct kind_image pty_slave_image = { .code = code, .sound = sound };
const struct kind_record pty_record = { .is = is, .record = record, .settle = settle };
