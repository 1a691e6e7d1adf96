// SPDX-License-Identifier: GPL-2.0
/* What the processes refer to: files, pipes, terminals, memory that is shared. */
#include <fcntl.h>

#include "check.h"

#define NS_PER_S 1000000000U
#define PIPE_MAX (1U << 24)		/* bytes in one pipe */
#define PIPES_MAX (1U << 28)		/* in all: the kernel keeps 1 byte for 100 even if they are empty */

/* Extents in order, within the file. */
static bool file_sound(const struct open *o)
{
	const struct deleted_file *f = &o->file;
	uint64_t at = 0;

	for (uint32_t i = 0; i < f->n_extents; i++) {
		const struct extent *e = &f->extents[i];

		if (e->start < at || !e->data.size || e->start > o->size || e->data.size > o->size - e->start)
			return false;
		at = e->start + e->data.size;
	}
	return o->size <= INT64_MAX && f->uid != ~0U && f->gid != ~0U && f->atime_ns < NS_PER_S && f->mtime_ns < NS_PER_S;
}

/* A deleted file is at one open file description, and the others of that file refer to it. */
static bool regular_sound(const struct image *image, uint32_t i)
{
	const struct open *o = &image->opens[i], *first;

	if (!o->deleted)
		return is_absolute(o->path) && o->same_inode == -1;
	if (o->same_inode == -1)
		return file_sound(o);
	if (!is_in(o->same_inode, i))
		return false;
	first = &image->opens[o->same_inode];
	return first->kind == OPEN_REGULAR && first->deleted && first->same_inode == -1;
}

static bool open_sound(const struct image *image, uint32_t i)
{
	const struct open *o = &image->opens[i];

	if (!is_in_or_none(o->mounts, image->n_mountss))
		return false;
	if (o->kind != OPEN_REGULAR && (o->deleted || o->same_inode != -1))
		return false;
	switch (o->kind) {
	case OPEN_REGULAR:
		return regular_sound(image, i);
	case OPEN_DIRECTORY:
	case OPEN_DEVICE:
	case OPEN_PLACE:
		return is_absolute(o->path);
	case OPEN_PIPE:
	case OPEN_FIFO:
		return o->object < image->n_pipes && (o->kind == OPEN_FIFO) == !!image->pipes[o->object].path;
	case OPEN_PTY_MASTER:
	case OPEN_PTY_SLAVE:
		return o->object < image->n_ptys;
	case OPEN_OUTSIDE:
		return o->object <= 2;
	case OPEN_EVENTFD:
		return o->object <= 1;
	}
	return false;
}

static int check_pipes(const struct image *image)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < image->n_pipes; i++) {
		const struct pipe *p = &image->pipes[i];

		sum += p->capacity;
		if (p->capacity > PIPE_MAX || sum > PIPES_MAX)
			return image_refuse("pipe", i, "a capacity of %u bytes is too much", p->capacity);
		if (p->bytes.size > p->capacity)
			return image_refuse("pipe", i, "%u bytes in a pipe for %u", p->bytes.size, p->capacity);
		if (!is_in_or_none(p->mounts, image->n_mountss))
			return image_refuse("pipe", i, "its mount namespace is not there");
		if (p->path && !is_absolute(p->path))
			return image_refuse("pipe", i, "a fifo without an absolute path");
	}
	return 0;
}

static int check_ptys(const struct image *image)
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

/* Whoever is in the foreground group is a process: a thread or a zombie cannot be asked for its group. */
static int check_terminal(const struct image *image)
{
	const struct terminal *t = image->n_terminals ? image->terminals : NULL;

	if (!t || t->foreground == -1)
		return 0;
	if (is_in(t->foreground, image->n_tasks) && image->tasks[t->foreground].kind == TASK_PROCESS)
		return 0;
	return image_refuse("outer terminal", 0, "its foreground group is not there");
}

static int check_shared(const struct image *image, uint32_t i)
{
	const struct shared_memory *s = &image->shared[i];
	uint64_t at = 0;

	if (!s->size || s->size >= TASK_END || s->size % PAGE_BYTES)
		return image_refuse("shared memory", i, "no such size");
	for (uint32_t n = 0; n < s->n_pages; n++) {
		const struct pages *pages = &s->pages[n];
		uint64_t end = (uint64_t)pages->start + pages->data.size;

		if (pages->start < at || end > s->size || !pages->data.size || (pages->start | pages->data.size) % PAGE_BYTES)
			return image_refuse("shared memory", i, "its pages at 0x%x are not in it", pages->start);
		at = end;
	}
	return 0;
}

int image_check_objects(const struct image *image)
{
	if (check_pipes(image) || check_ptys(image) || check_terminal(image))
		return -1;
	for (uint32_t i = 0; i < image->n_opens; i++)
		if (!open_sound(image, i))
			return image_refuse("file", i, "what it refers to is not there, or of another kind");
	for (uint32_t i = 0; i < image->n_shared; i++)
		if (check_shared(image, i))
			return -1;
	for (uint32_t i = 0; i < image->n_mapped; i++)
		if (!is_absolute(image->mapped[i].path) || !is_in_or_none(image->mapped[i].mounts, image->n_mountss))
			return image_refuse("mapped file", i, "it has no absolute path, or no mount namespace");
	return 0;
}
