// SPDX-License-Identifier: GPL-2.0
/* Regular files: opened by name or, if they no longer have one, created again with their contents (deleted.c). */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "cr/image/unsound.h"
#include "deleted.h"
#include "image.h"
#include "lib/report.h"

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

/* One open file description has the contents of a deleted file; the others of that file refer to it. */
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

static bool is(const struct look *l)
{
	return S_ISREG(l->st.st_mode);
}

static int record(struct recording *r, const struct look *l, struct open *o)
{
	o->kind = OPEN_REGULAR;
	o->regular = (struct open_regular){
		.position = l->position, .size = l->st.st_size, .deleted = look_is_deleted(l), .same_inode = -1,
	};
	if (!strncmp(l->path, "/memfd:", 7))
		return refuse_look(l, "a memfd");
	if (!o->regular.deleted)
		return record_path(l, o);
	if (l->same_file >= 0 && r->found[l->same_file].mount != l->mount)
		return refuse_look(l, "a deleted file that is open by way of two mounts");
	o->mounts = l->mounts;
	o->regular.same_inode = l->same_file;
	if (l->lost)
		return refuse_look(l, l->lost);
	return l->same_file < 0 ? deleted_record(l, &o->regular.file) : 0;
}

static int open_by_name(const struct reopening *re, const struct open *o, int flags)
{
	int fd = reopen_path(re, o->mounts, o->path, flags);
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return reopen_failed(o, "open");
	if (S_ISREG(st.st_mode) && (uint64_t)st.st_size >= o->regular.size)
		return fd;
	report(0, "`%s', which was open, %s", o->path,
	       S_ISREG(st.st_mode) ? "is shorter than it was" : "is not a regular file any more");
	close(fd);
	return -1;
}

static int open_again(const struct reopening *re, const struct open *o)
{
	/* O_TMPFILE has made the file that it opened. */
	int flags = reopen_flags(o->flags & ~(unsigned int)O_TMPFILE), fd;

	fd = o->regular.deleted ? deleted_open(re, o, flags) : open_by_name(re, o, flags);
	if (fd < 0 || lseek(fd, o->regular.position, SEEK_SET) >= 0)
		return fd;
	reopen_failed(o, "set the position of");
	close(fd);
	return -1;
}

const struct kind_image regular_image = { .code = code, .sound = sound, .show = show, .free = free_file };
const struct kind_record regular_record = { .is = is, .record = record };
const struct kind_rebuild regular_rebuild = { .open = open_again };
