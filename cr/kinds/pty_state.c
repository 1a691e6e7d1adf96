// SPDX-License-Identifier: GPL-2.0
/* The number, settings and owner of a pseudoterminal.  pty.c deals with its open ends. */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>

#include "cr/image/unsound.h"
#include "image.h"
#include "lib/report.h"
#include "pty.h"

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

int pty_check(const struct check *c)
{
	const struct image *image = c->image;
	static unsigned char seen[PTYS_MAX];

	for (uint32_t i = 0; i < PTYS_MAX; i++)
		seen[i] = 0;
	for (uint32_t i = 0; i < image->n_ptys; i++) {
		const struct pty *p = &image->ptys[i];

		if (p->index >= PTYS_MAX || seen[p->index]++)
			return image_refuse(c, "terminal", i, "/dev/pts/%u is listed twice, or out of range", p->index);
		if (!is_in_or_none(p->mounts, image->n_mountss))
			return image_refuse(c, "terminal", i, "its mount namespace is not in the image");
		if (p->uid == ~0U || p->gid == ~0U || p->mode > 07777)
			return image_refuse(c, "terminal", i, "its owner or permissions are invalid");
		if (!is_in_or_none(p->session, image->n_tasks) || !is_in_or_none(p->foreground, image->n_tasks))
			return image_refuse(c, "terminal", i, "its session or foreground group is not in the image");
	}
	return 0;
}

/* Read owner and permissions of the slave's name, through our own mounts or those of the task. */
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

int pty_read(const struct look *l, int32_t mounts, struct pty *p)
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

int pty_set(const struct reopening *re, int fd, const struct pty *p)
{
	struct { unsigned short rows, columns, xpixel, ypixel; } size = { p->rows, p->columns, p->xpixel, p->ypixel };
	int unlocked = 0, packet = p->packet, slave;
	char path[64];

	if (p->mounts < 0)
		snprintf(path, sizeof(path), "/dev/pts/%u", p->index);
	else
		snprintf(path, sizeof(path), "/proc/%d/root/dev/pts/%u", re->mounts_first[p->mounts], p->index);
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
