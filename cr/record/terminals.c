// SPDX-License-Identifier: GPL-2.0
/*
 * Whose terminals they are: the controlling terminals of the tree's sessions, and the terminal outside the tree whose
 * foreground group has a member in the tree.  The kinds cr/kinds/pty.c and cr/kinds/outside.c record the terminals.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <sys/ioctl.h>

#include "cr/kinds/outside.h"
#include "cr/kinds/pty.h"
#include "record.h"
#include "cr/hold/refuse.h"
#include "lib/report.h"

/* Is a task in the mount namespace, or born below it?  Then it inherits what the first process there has opened. */
static bool is_below(const struct recorder *rec, int index, int32_t mounts)
{
	while (index >= 0 && mounts >= 0 && rec->image.tasks[index].mounts != mounts)
		index = rec->image.tasks[index].parent;
	return index >= 0;
}

/* Record the controlling terminal of a process: that of its session, or none. */
static int record_controlling(struct recorder *rec, const struct held *h)
{
	struct recorded_task *t = &rec->image.tasks[h->index];
	const struct note *note = &rec->notes[h->index];
	int pty = pty_by_device(&rec->image, note->tty);
	const struct held *leader;

	t->terminal = pty;
	if (!note->tty || (pty < 0 && t->sid_outside))
		return 0;
	if (pty < 0)
		return refuse(&h->task, NULL, "its controlling terminal is outside the tree, and its session is not");
	leader = held_by_pid(&rec->tree, h->task.sid);
	if (!leader)
		return refuse(&h->task, NULL, "its controlling terminal is in the tree, and its session is outside");
	if (!is_below(rec, leader->index, rec->image.ptys[pty].mounts))
		return refuse(&h->task, NULL, "its controlling terminal was opened in another mount namespace");
	rec->image.ptys[pty].session = leader->index;
	for (int i = 0; i < rec->tree.n && rec->image.ptys[pty].foreground < 0; i++)
		if (note->foreground > 0 && rec->image.tasks[i].kind == TASK_PROCESS &&
		    rec->tree.held[i].task.pgid == note->foreground)
			rec->image.ptys[pty].foreground = i;
	return 0;
}

/* tasks[]: the first process in the terminal's foreground group; -1: no process of the tree is in it. */
static int find_foreground(const struct recorder *rec, uint32_t dev)
{
	for (int i = 0; i < rec->tree.n; i++) {
		const struct note *note = &rec->notes[i];

		if (rec->image.tasks[i].kind == TASK_PROCESS && note->tty == dev && note->foreground > 0 &&
		    rec->tree.held[i].task.pgid == note->foreground)
			return i;
	}
	return -1;
}

int record_terminals(struct recorder *rec)
{
	int outside = outside_terminal(&rec->open);

	for (int i = 0; i < rec->tree.n; i++)
		if (rec->image.tasks[i].kind == TASK_PROCESS && record_controlling(rec, &rec->tree.held[i]))
			return -1;
	if (rec->image.n_terminals)
		rec->image.terminals->foreground = find_foreground(rec, rec->open.found[outside].terminal);
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
		const struct found *found = &rec->open.found[i];

		if (o->kind == OPEN_OUTSIDE)
			report(0, "pid %d (%s): %s: %s `%s' outside the tree does not come back: a restart puts its own there, or "
			       "a FILE (--stdin, --stdout, --stderr)", found->task->pid[0], found->task->name,
			       descriptors(found->standard, buf), o->outside.terminal ? "the terminal" : "the other end of", o->path);
	}
}

void record_free_terminal(const struct recorder *rec)
{
	struct termios2 t;
	sigset_t stop;
	int fd;

	if (!rec->image.n_terminals || rec->image.terminals->foreground < 0)
		return;
	fd = get_found(&rec->open, outside_terminal(&rec->open));
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
