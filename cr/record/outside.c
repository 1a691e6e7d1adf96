// SPDX-License-Identifier: GPL-2.0
/*
 * Standard descriptors whose other end is outside of the tree: what a restart can put in their place is its own, and not
 * what they were.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <sys/ioctl.h>

#include "files.h"
#include "lib/report.h"

/* The terminal outside that is somebody's standard descriptor, as one of ours; -1: there is none. */
static int open_terminal(const struct recorder *rec, uint32_t *dev)
{
	for (uint32_t i = 0; i < rec->image.n_opens; i++) {
		const struct open *o = &rec->image.opens[i];

		*dev = rec->opens[i].terminal;
		if (o->kind == OPEN_OUTSIDE && o->outside.terminal)
			return record_get_fd(rec->opens[i].tid, rec->opens[i].fd);
	}
	return -1;
}

/* tasks[]: the first process of the terminal's foreground group; -1: nobody of the tree is in it. */
static int find_foreground(const struct recorder *rec, uint32_t dev)
{
	for (int i = 0; i < rec->tree.n; i++) {
		const struct task_tty *tty = &rec->ttys[i];

		if (rec->image.tasks[i].kind == TASK_PROCESS && tty->dev == dev && tty->foreground > 0 &&
		    rec->tree.task[i].pgid == tty->foreground)
			return i;
	}
	return -1;
}

int record_outer_terminal(struct recorder *rec)
{
	struct { unsigned short rows, columns, xpixel, ypixel; } size;
	struct termios2 termios;
	struct terminal *t;
	uint32_t dev;
	int fd = open_terminal(rec, &dev), failed;

	if (fd < 0)
		return 0;
	failed = ioctl(fd, TCGETS2, &termios) || ioctl(fd, TIOCGWINSZ, &size);
	close(fd);
	if (failed)
		return 0;	/* one that has been hung up has no settings */
	t = image_append(&rec->image, IMAGE_TERMINAL);
	if (!t) {
		report(ENOMEM, "record the terminal");
		return -1;
	}
	_Static_assert(sizeof(termios) <= sizeof(t->termios), "struct termios2 has room");
	memcpy(t->termios, &termios, sizeof(termios));
	t->rows = size.rows;
	t->columns = size.columns;
	t->xpixel = size.xpixel;
	t->ypixel = size.ypixel;
	t->foreground = find_foreground(rec, dev);
	return 0;
}

/* "descriptors 0, 1, 2" */
static const char *descriptors(unsigned int standard, char buf[32])
{
	const char *before = standard & (standard - 1) ? "descriptors" : "descriptor";
	int used = 0;

	for (int fd = 0; fd <= STDERR_FILENO; fd++) {
		if (!(standard >> fd & 1))
			continue;
		used += snprintf(buf + used, 32 - used, "%s %d", before, fd);
		before = ",";
	}
	return buf;
}

void record_say_outside(const struct recorder *rec)
{
	char buf[32];

	for (uint32_t i = 0; i < rec->image.n_opens; i++) {
		const struct open *o = &rec->image.opens[i];
		const struct open_key *key = &rec->opens[i];
		int task = tree_by_pid(&rec->tree, key->tid);

		if (o->kind == OPEN_OUTSIDE)
			report(0, "pid %d (%s): %s: %s `%s' outside the tree does not come back: a restart puts its own there, or "
			       "a FILE (--stdin, --stdout, --stderr)", key->tid, task < 0 ? "?" : rec->tree.task[task].name,
			       descriptors(key->standard, buf), o->outside.terminal ? "the terminal" : "the other end of", o->path);
	}
}

void record_free_terminal(const struct recorder *rec)
{
	struct termios2 t;
	sigset_t stop;
	uint32_t dev;
	int fd;

	if (!rec->image.n_terminals || rec->image.terminals->foreground < 0)
		return;
	fd = open_terminal(rec, &dev);
	if (fd < 0)
		return;
	/* We are in the background, most often: that must not stop us. */
	sigemptyset(&stop);
	sigaddset(&stop, SIGTTOU);
	sigprocmask(SIG_BLOCK, &stop, NULL);
	if (!ioctl(fd, TCGETS2, &t) && (~t.c_lflag & (ICANON | ECHO))) {
		t.c_iflag = (t.c_iflag & ~(unsigned int)(INLCR | IGNCR)) | BRKINT | ICRNL | IXON;
		t.c_oflag |= OPOST | ONLCR;
		t.c_lflag |= ISIG | ICANON | IEXTEN | ECHO | ECHOE | ECHOK;
		/* Where the driver keeps both in one place, these are what a program that reads by bytes has left. */
		t.c_cc[VEOF] = t.c_cc[VEOF] == 1 ? 4 : t.c_cc[VEOF];
		if (ioctl(fd, TCSETS2, &t))
			report(errno, "make the terminal usable again");
	}
	sigprocmask(SIG_UNBLOCK, &stop, NULL);
	close(fd);
}
