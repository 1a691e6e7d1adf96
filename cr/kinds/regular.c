// SPDX-License-Identifier: GPL-2.0
/* Regular files: by their names; or, of those that have none any more, with all that is in them (deleted.c). */
#include <inttypes.h>

#include "cr/image/unsound.h"
#include "deleted.h"
#include "image.h"

static void code(struct coder *c, struct open *o)
{
	struct open_regular *r = &o->regular;

	code_u64(c, &r->position);
	code_u64(c, &r->size);
	code_bool(c, &r->deleted);
	if (!r->deleted)
		return;
	code_i32(c, &r->same_inode);
	if (r->same_inode == -1)
		code_deleted_file(c, &r->file);
}

/* A deleted file is at one open file description, and the others of that file refer to it. */
static bool sound(const struct image *image, uint32_t i)
{
	const struct open *o = &image->opens[i], *first;

	if (!o->regular.deleted)
		return is_absolute(o->path);
	if (o->regular.same_inode == -1)
		return deleted_sound(&o->regular);
	if (!is_in(o->regular.same_inode, i))
		return false;
	first = &image->opens[o->regular.same_inode];
	return first->kind == OPEN_REGULAR && first->regular.deleted && first->regular.same_inode == -1;
}

static void show(FILE *f, const struct image *image, const struct open *o, const char *path)
{
	(void)image;
	fprintf(f, "%s%s, at byte %" PRIu64, path, o->regular.deleted ? ", recorded with it" : "", o->regular.position);
}

static void free_file(struct open *o)
{
	deleted_free(&o->regular.file);
}

const struct kind_image regular_image = { .code = code, .sound = sound, .show = show, .free = free_file };
