// SPDX-License-Identifier: GPL-2.0
/*
 * Standard descriptors whose other end is outside of the tree: what a restart can put in their place is its own, and not
 * what they were.
 */
#include "cr/image/unsound.h"
#include "image.h"

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

const struct kind_image outside_image = { .code = code, .sound = sound, .check = check, .show = show };
