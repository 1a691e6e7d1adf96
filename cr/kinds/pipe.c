// SPDX-License-Identifier: GPL-2.0
/*
 * Pipes and fifos.  tee() copies their contents without consuming them.  An end that nobody in the tree has is either
 * closed everywhere or open outside the tree: poll() of the other end tells.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cr/image/memory.h"
#include "cr/image/unsound.h"
#include "image.h"
#include "lib/report.h"
#include "outside.h"
#include "pipe.h"

static void code(struct coder *c, struct open *o)
{
	code_u32(c, &o->pipe.pipe);
}

static bool sound(const struct image *image, uint32_t i)
{
	const struct open *o = &image->opens[i];
	bool is_fifo = o->kind == OPEN_FIFO;

	return o->pipe.pipe < image->n_pipes && is_fifo == !!image->pipes[o->pipe.pipe].path &&
	       (!is_fifo || is_absolute(o->path));
}

static void show(FILE *f, const struct image *image, const struct open *o, const char *path)
{
	fprintf(f, "%s %u with %u bytes in it", o->kind == OPEN_PIPE ? "pipe" : path, o->pipe.pipe,
		image->pipes[o->pipe.pipe].bytes.size);
}

static bool is(const struct look *l)
{
	return S_ISFIFO(l->st.st_mode);
}

static bool is_pipe(const struct open *o)
{
	return o->kind == OPEN_PIPE || o->kind == OPEN_FIFO;
}

static int record(struct recording *r, const struct look *l, struct open *o)
{
	struct pipe *p;

	if (*l->path == '/' && record_path(l, o))
		return -1;
	o->kind = *l->path == '/' ? OPEN_FIFO : OPEN_PIPE;
	if (l->same_file >= 0) {
		o->pipe = r->image->opens[l->same_file].pipe;
		return 0;
	}
	p = image_append(r->image, IMAGE_PIPE);
	if (!p)
		return refuse_look(l, strerror(ENOMEM));
	o->pipe.pipe = r->image->n_pipes - 1;
	p->mounts = o->mounts;
	if (o->kind == OPEN_PIPE)
		return 0;
	p->path = strdup(l->path);
	return p->path ? 0 : refuse_look(l, strerror(ENOMEM));
}

/* The other end is outside.  If this end is stdin, stdout or stderr, a restart replaces it by its own; else refuse. */
static int inherit(struct recording *r, uint32_t pipe)
{
	struct pipe *p = &r->image->pipes[pipe];

	free(p->path);
	p->path = NULL;
	p->mounts = -1;
	for (uint32_t i = 0; i < r->image->n_opens; i++) {
		if (!is_pipe(&r->image->opens[i]) || r->image->opens[i].pipe.pipe != pipe)
			continue;
		if (r->found[i].fd > STDERR_FILENO)
			return refuse_found(r, i, "the other end is open outside the tree");
		outside_record_as(r, i, r->found[i].fd, false);
	}
	return 0;
}

/* The first of opens[] for each end of a pipe; -1: nobody has it. */
struct holders {
	int32_t reader, writer;
	bool packets;		/* O_DIRECT: each write() is read as one packet */
};

/* Find the holders of all pipes, by pipes[].  The caller frees the array. */
static struct holders *find_holders(const struct recording *r)
{
	struct holders *holders = malloc((r->image->n_pipes + 1) * sizeof(*holders));

	for (uint32_t i = 0; holders && i < r->image->n_pipes; i++)
		holders[i] = (struct holders){ -1, -1, false };
	for (uint32_t i = 0; holders && i < r->image->n_opens; i++) {
		const struct open *o = &r->image->opens[i];
		struct holders *h = is_pipe(o) ? &holders[o->pipe.pipe] : NULL;

		if (h && (o->flags & O_ACCMODE) != O_WRONLY && h->reader < 0)
			h->reader = i;
		if (!h || (o->flags & O_ACCMODE) == O_RDONLY)
			continue;
		if (h->writer < 0)
			h->writer = i;
		h->packets |= o->flags & O_DIRECT;
	}
	return holders;
}

static int settle_pipe(struct recording *r, uint32_t pipe, const struct holders *h)
{
	struct pipe_ends e = {
		h->reader < 0 ? -1 : get_found(r, h->reader), h->writer < 0 ? -1 : get_found(r, h->writer),
	};
	uint32_t open = h->reader >= 0 ? h->reader : h->writer;
	bool lacks = (h->reader >= 0 && e.read < 0) || (h->writer >= 0 && e.write < 0);
	int outside = lacks ? -1 : pipe_leads_outside(&e), ret;
	const char *why;

	if (outside) {
		ret = outside < 0 ? refuse_found(r, open, strerror(errno)) : inherit(r, pipe);
	} else {
		why = pipe_read(&e, h->packets, &r->image->pipes[pipe]);
		ret = why ? refuse_found(r, open, why) : 0;
	}
	if (e.read >= 0)
		close(e.read);
	if (e.write >= 0)
		close(e.write);
	return ret;
}

static int settle(struct recording *r)
{
	struct holders *holders = find_holders(r);
	int ret = 0;

	if (!holders) {
		report(ENOMEM, "record pipes");
		return -1;
	}
	for (uint32_t i = 0; i < r->image->n_pipes && !ret; i++)
		ret = settle_pipe(r, i, &holders[i]);
	free(holders);
	return ret;
}

static int make_pipes(struct reopening *re)
{
	const struct image *image = re->image;

	re->ends = malloc((image->n_pipes + 1) * sizeof(*re->ends));
	if (!re->ends) {
		report(ENOMEM, "open pipes");
		return -1;
	}
	for (uint32_t i = 0; i < image->n_pipes; i++)
		re->ends[i] = (struct pipe_ends){ -1, -1 };
	for (uint32_t i = 0; i < image->n_pipes; i++) {
		if (!pipe_make(re, &image->pipes[i], &re->ends[i]))
			continue;
		report(errno, "recreate %s `%s' with its contents", image->pipes[i].path ? "the fifo" : "a pipe",
		       image->pipes[i].path ? image->pipes[i].path : "");
		return -1;
	}
	return 0;
}

/* Open an end.  Each end of a fifo is opened by its own path: not all may have the same. */
static int open_end(const struct reopening *re, const struct open *o)
{
	const struct pipe_ends *e = &re->ends[o->pipe.pipe];
	int end = (o->flags & O_ACCMODE) == O_WRONLY ? e->write : e->read, flags = reopen_flags(o->flags) | O_NONBLOCK;
	int fd = o->kind == OPEN_FIFO ? reopen_path(re, o->mounts, o->path, flags) : reopen_fd(end, flags);

	return fd < 0 ? reopen_failed(o, "open an end of") : fd;
}

static void close_ends(struct reopening *re)
{
	for (uint32_t i = 0; re->ends && i < re->image->n_pipes; i++) {
		if (re->ends[i].read >= 0)
			close(re->ends[i].read);
		if (re->ends[i].write >= 0)
			close(re->ends[i].write);
	}
	free(re->ends);
	re->ends = NULL;
}

const struct kind_image pipe_image = { .code = code, .sound = sound, .check = pipe_check, .show = show };
const struct kind_image fifo_image = { .code = code, .sound = sound, .show = show };
const struct kind_record pipe_record = { .is = is, .record = record, .settle = settle };
const struct kind_rebuild pipe_rebuild = { .begin = make_pipes, .open = open_end, .end = close_ends };
const struct kind_rebuild fifo_rebuild = { .open = open_end };
