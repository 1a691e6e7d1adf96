// SPDX-License-Identifier: GPL-2.0
/*
 * Pipes and fifos.  What lies in them is copied by tee(), which takes nothing out.  An end that nobody in the tree has
 * may be closed everywhere or belong to somebody outside: poll() of the other end tells.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>

#include "cr/image/memory.h"
#include "cr/image/unsound.h"
#include "image.h"
#include "lib/report.h"
#include "outside.h"
#include "rebuild.h"

#define PIPE_MAX (1U << 24)		/* bytes in one pipe */
#define PIPES_MAX (1U << 28)		/* in all: the kernel keeps 1 byte for 100 even if they are empty */

static void code(struct coder *c, struct open *o)
{
	code_u32(c, &o->pipe.pipe);
}

void code_pipe(struct coder *c, void *element)
{
	struct pipe *p = element;

	code_u32(c, &p->capacity);
	code_bool(c, &p->quiet);
	code_string(c, &p->path);
	code_i32(c, &p->mounts);
	code_blob(c, &p->bytes);
}

static bool sound(const struct image *image, uint32_t i)
{
	const struct open *o = &image->opens[i];

	return o->pipe.pipe < image->n_pipes && (o->kind == OPEN_FIFO) == !!image->pipes[o->pipe.pipe].path;
}

static int check(const struct check *c)
{
	const struct image *image = c->image;
	uint64_t sum = 0;

	for (uint32_t i = 0; i < image->n_pipes; i++) {
		const struct pipe *p = &image->pipes[i];

		sum += p->capacity;
		if (p->capacity > PIPE_MAX || sum > PIPES_MAX)
			return image_refuse(c, "pipe", i, "a capacity of %u bytes is too much", p->capacity);
		if (p->bytes.size > p->capacity)
			return image_refuse(c, "pipe", i, "%u bytes in a pipe for %u", p->bytes.size, p->capacity);
		if (!is_in_or_none(p->mounts, image->n_mountss))
			return image_refuse(c, "pipe", i, "its mount namespace is not there");
		if (p->path && !is_absolute(p->path))
			return image_refuse(c, "pipe", i, "a fifo without an absolute path");
	}
	return 0;
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

/* The ends of a pipe that somebody in the tree has: opens[], and the same as a descriptor of ours; -1: nobody. */
struct ends {
	int32_t reader, writer;
	int read, write;
	bool packets;
};

/* Copy the first `waiting' bytes of a pipe into own, and read them from there. */
static int copy_bytes(int fd, const int own[2], struct pipe *p, int waiting)
{
	ssize_t copied;

	if (fcntl(own[1], F_SETPIPE_SZ, p->capacity) < 0 || blob_alloc(&p->bytes, waiting))
		return -1;
	copied = tee(fd, own[1], waiting, SPLICE_F_NONBLOCK);
	if (copied == waiting && read(own[0], p->bytes.data, waiting) == waiting)
		return 0;
	if (copied >= 0)
		errno = EIO;
	return -1;
}

/* Does anybody have the write end open? */
static bool has_writer(int reader, const int own[2])
{
	struct pollfd p = { .fd = reader, .events = POLLIN };

	if (poll(&p, 1, 0) > 0 && p.revents & POLLHUP)
		return false;
	return tee(reader, own[1], 1, SPLICE_F_NONBLOCK) != 0;
}

static bool has_reader(int writer)
{
	struct pollfd p = { .fd = writer, .events = POLLOUT };

	return poll(&p, 1, 0) < 0 || !(p.revents & POLLERR);
}

/* poll() of a reader that nobody has written for does not say that all writers are gone: fs/pipe.c, fifo_open(). */
static bool is_quiet(int reader)
{
	struct pollfd p = { .fd = reader, .events = POLLIN };

	return poll(&p, 1, 0) >= 0 && !(p.revents & POLLHUP);
}

/* One whose end is outside: where it is somebody's stdin, stdout or stderr, a restart puts its own there. */
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

static int record_ends(struct recording *r, uint32_t pipe, const struct ends *e)
{
	const int32_t open = e->reader >= 0 ? e->reader : e->writer;
	struct pipe *p = &r->image->pipes[pipe];
	int own[2], waiting = 0, ret = 0, size = fcntl(e->read < 0 ? e->write : e->read, F_GETPIPE_SZ);

	if (pipe2(own, O_CLOEXEC | O_NONBLOCK))
		return refuse_found(r, open, strerror(errno));
	p->capacity = size;
	if (size < 0 || (e->read >= 0 && ioctl(e->read, FIONREAD, &waiting)))
		ret = refuse_found(r, open, strerror(errno));
	else if (e->read < 0 ? has_reader(e->write) : e->write < 0 && has_writer(e->read, own))
		ret = inherit(r, pipe);
	else if (waiting && e->packets)
		ret = refuse_found(r, open, "there are packets in the pipe");
	else if (waiting && copy_bytes(e->read, own, p, waiting))
		ret = refuse_found(r, open, "what is in the pipe cannot be copied");
	else
		p->quiet = p->path && e->write < 0 && !waiting && is_quiet(e->read);
	close(own[0]);
	close(own[1]);
	return ret;
}

/* Who has an end of which pipe: by pipes[], for the caller to free. */
static struct ends *find_ends(const struct recording *r)
{
	struct ends *ends = malloc((r->image->n_pipes + 1) * sizeof(*ends));

	for (uint32_t i = 0; ends && i < r->image->n_pipes; i++)
		ends[i] = (struct ends){ -1, -1, -1, -1, false };
	for (uint32_t i = 0; ends && i < r->image->n_opens; i++) {
		const struct open *o = &r->image->opens[i];
		struct ends *e = is_pipe(o) ? &ends[o->pipe.pipe] : NULL;

		if (e && (o->flags & O_ACCMODE) != O_WRONLY && e->reader < 0)
			e->reader = i;
		if (!e || (o->flags & O_ACCMODE) == O_RDONLY)
			continue;
		if (e->writer < 0)
			e->writer = i;
		e->packets |= o->flags & O_DIRECT;
	}
	return ends;
}

static int settle(struct recording *r)
{
	struct ends *ends = find_ends(r);
	int ret = 0;

	if (!ends) {
		report(ENOMEM, "record pipes");
		return -1;
	}
	for (uint32_t i = 0; i < r->image->n_pipes && !ret; i++) {
		struct ends *e = &ends[i];

		e->read = e->reader < 0 ? -1 : get_found(r, e->reader);
		e->write = e->writer < 0 ? -1 : get_found(r, e->writer);
		if ((e->reader >= 0 && e->read < 0) || (e->writer >= 0 && e->write < 0))
			ret = refuse_found(r, e->read < 0 ? e->reader : e->writer, strerror(errno));
		else
			ret = record_ends(r, i, e);
		if (e->read >= 0)
			close(e->read);
		if (e->write >= 0)
			close(e->write);
	}
	free(ends);
	return ret;
}

/* The two ends of each pipe, until all that have it open have it. */
struct pipe_ends {
	int read, write;
};

static int write_whole(int fd, const struct blob *b)
{
	uint32_t done = 0;

	while (done < b->size) {
		ssize_t n = write(fd, b->data + done, b->size - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		done += n;
	}
	return 0;
}

static int make_fifo(const struct reopening *re, const struct pipe *p, struct pipe_ends *e)
{
	/* For reading and writing, a fifo does not wait for the other end. */
	e->read = reopen_path(re, p->mounts, p->path, (p->quiet ? O_RDONLY : O_RDWR) | O_NONBLOCK | O_CLOEXEC);
	if (e->read >= 0 && !p->quiet)
		e->write = reopen_fd(e->read, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	return e->read < 0 || (!p->quiet && e->write < 0) ? -1 : 0;
}

static int make_pipe(const struct reopening *re, const struct pipe *p, struct pipe_ends *e)
{
	struct stat st;
	int fds[2];

	if (p->path) {
		if (make_fifo(re, p, e) || fstat(e->read, &st))
			return -1;
		if (!S_ISFIFO(st.st_mode)) {
			errno = ESTALE;
			return -1;
		}
	} else {
		if (pipe2(fds, O_NONBLOCK | O_CLOEXEC))
			return -1;
		*e = (struct pipe_ends){ fds[0], fds[1] };
	}
	if (p->capacity && fcntl(e->read, F_SETPIPE_SZ, p->capacity) < 0)
		return -1;
	return write_whole(e->write, &p->bytes);
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
		if (!make_pipe(re, &image->pipes[i], &re->ends[i]))
			continue;
		report(errno, "make %s `%s' again, with what was in it", image->pipes[i].path ? "the fifo" : "a pipe",
		       image->pipes[i].path ? image->pipes[i].path : "");
		return -1;
	}
	return 0;
}

/* Each end of a fifo by its name, with which it was opened: not all may have come the same way. */
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

const struct kind_image pipe_image = { .code = code, .sound = sound, .check = check, .show = show };
const struct kind_image fifo_image = { .code = code, .sound = sound, .show = show };
const struct kind_record pipe_record = { .is = is, .record = record, .settle = settle };
const struct kind_rebuild pipe_rebuild = { .begin = make_pipes, .open = open_end, .end = close_ends };
const struct kind_rebuild fifo_rebuild = { .open = open_end };
