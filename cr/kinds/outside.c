// SPDX-License-Identifier: GPL-2.0
/*
 * Standard descriptors whose other end is outside of the tree: what a restart can put in their place is its own, and not
 * what they were.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <sys/ioctl.h>

#include "cr/image/memory.h"
#include "cr/image/unsound.h"
#include "image.h"
#include "lib/report.h"
#include "outside.h"

static void code(struct coder *c, struct open *o)
{
	code_u32(c, &o->outside.number);
	code_bool(c, &o->outside.terminal);
}

void code_terminal(struct coder *c, void *element)
{
	struct terminal *t = element;

	code_bytes(c, t->termios, sizeof(t->termios));
	code_u16(c, &t->rows);
	code_u16(c, &t->columns);
	code_u16(c, &t->xpixel);
	code_u16(c, &t->ypixel);
	code_i32(c, &t->foreground);
}

static bool sound(const struct image *image, uint32_t i)
{
	return image->opens[i].outside.number <= 2;
}

/* Whoever is in the foreground group is a process: a thread or a zombie cannot be asked for its group. */
static int check(const struct image *image)
{
	const struct terminal *t = image->n_terminals ? image->terminals : NULL;

	if (!t || t->foreground == -1)
		return 0;
	if (is_in(t->foreground, image->n_tasks) && image->tasks[t->foreground].kind == TASK_PROCESS)
		return 0;
	return image_refuse("outer terminal", 0, "its foreground group is not there");
}

static void show(FILE *f, const struct image *image, const struct open *o, const char *path)
{
	(void)image;
	fprintf(f, "outside: a restart's own %u, was %s", o->outside.number, path);
}

void outside_record_as(struct recording *r, uint32_t i, uint32_t number, bool terminal)
{
	struct open *o = &r->image->opens[i];

	o->kind = OPEN_OUTSIDE;
	o->mounts = -1;
	o->outside = (struct open_outside){ .number = number, .terminal = terminal };
}

int outside_terminal(const struct recording *r)
{
	for (uint32_t i = 0; i < r->image->n_opens; i++)
		if (r->image->opens[i].kind == OPEN_OUTSIDE && r->image->opens[i].outside.terminal)
			return i;
	return -1;
}

/* The settings of that terminal. */
static int settle(struct recording *r)
{
	struct { unsigned short rows, columns, xpixel, ypixel; } size;
	struct termios2 termios;
	struct terminal *t;
	int first = outside_terminal(r), fd = first < 0 ? -1 : get_found(r, first), failed;

	if (fd < 0)
		return 0;
	failed = ioctl(fd, TCGETS2, &termios) || ioctl(fd, TIOCGWINSZ, &size);
	close(fd);
	if (failed)
		return 0;	/* one that has been hung up has no settings */
	t = image_append(r->image, IMAGE_TERMINAL);
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
	t->foreground = -1;	/* until it is known who is */
	return 0;
}

const struct kind_image outside_image = { .code = code, .sound = sound, .check = check, .show = show };
const struct kind_record outside_record = { .settle = settle };
