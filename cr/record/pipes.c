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

#include "files.h"
#include "lib/report.h"

/* An end of a pipe: who in the tree has it, and by which descriptor; tid 0: nobody. */
struct end {
	pid_t tid;
	int fd;
};

struct pipe_key {
	dev_t dev;
	ino_t ino;
	struct end reader, writer;
	bool packets;
};

/* A pipe that is not known yet.  0, or -1 when reported. */
static int add_pipe(struct recorder *rec, const struct look *l, int32_t mounts)
{
	uint32_t n = rec->image.n_pipes;
	struct pipe_key *larger = realloc(rec->pipes, (n + 1) * sizeof(*larger));
	struct pipe *p;

	if (larger)
		rec->pipes = larger;
	p = image_append(&rec->image, IMAGE_PIPE);
	if (!larger || !p)
		return record_refuse(l, strerror(ENOMEM));
	p->mounts = mounts;
	rec->pipes[n] = (struct pipe_key){ .dev = l->st.st_dev, .ino = l->st.st_ino };
	if (*l->path != '/')
		return 0;
	p->path = strdup(l->path);
	return p->path ? 0 : record_refuse(l, strerror(ENOMEM));
}

int record_pipe(struct recorder *rec, const struct look *l, struct open *o)
{
	const struct end end = { l->r->tid, l->fd };
	struct pipe_key *key;
	uint32_t i = 0;

	if (*l->path == '/' && record_check_path(l, &o->mounts))
		return -1;
	while (i < rec->image.n_pipes && (rec->pipes[i].dev != l->st.st_dev || rec->pipes[i].ino != l->st.st_ino))
		i++;
	if (i == rec->image.n_pipes && add_pipe(rec, l, o->mounts))
		return -1;
	key = &rec->pipes[i];
	o->kind = *l->path == '/' ? OPEN_FIFO : OPEN_PIPE;
	o->pipe.pipe = i;
	if ((l->flags & O_ACCMODE) != O_WRONLY && !key->reader.tid)
		key->reader = end;
	if ((l->flags & O_ACCMODE) != O_RDONLY) {
		if (!key->writer.tid)
			key->writer = end;
		key->packets |= l->flags & O_DIRECT;
	}
	return 0;
}

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
static int inherit(struct recorder *rec, uint32_t pipe)
{
	free(rec->image.pipes[pipe].path);
	rec->image.pipes[pipe].path = NULL;
	rec->image.pipes[pipe].mounts = -1;
	for (uint32_t i = 0; i < rec->image.n_opens; i++) {
		struct open *o = &rec->image.opens[i];
		const struct open_key *key = &rec->opens[i];

		if ((o->kind != OPEN_PIPE && o->kind != OPEN_FIFO) || o->pipe.pipe != pipe)
			continue;
		o->kind = OPEN_OUTSIDE;
		o->outside = (struct open_outside){ .number = key->fd };
		o->mounts = -1;
		if (key->fd > STDERR_FILENO)
			return record_refuse_fd(rec, key->tid, key->fd, o->path,
						"the other end is open outside the tree");
	}
	return 0;
}

/* reader and writer are ends that the tree has, opened here; -1: it has not. */
static int record_ends(struct recorder *rec, uint32_t i, int reader, int writer)
{
	const struct pipe_key *key = &rec->pipes[i];
	const struct end *end = key->reader.tid ? &key->reader : &key->writer;
	struct pipe *p = &rec->image.pipes[i];
	int own[2], waiting = 0, ret = 0, size = fcntl(reader < 0 ? writer : reader, F_GETPIPE_SZ);

	if (pipe2(own, O_CLOEXEC | O_NONBLOCK))
		return record_refuse_fd(rec, end->tid, end->fd, p->path, strerror(errno));
	p->capacity = size;
	if (size < 0 || (reader >= 0 && ioctl(reader, FIONREAD, &waiting)))
		ret = record_refuse_fd(rec, end->tid, end->fd, p->path, strerror(errno));
	else if (reader < 0 ? has_reader(writer) : writer < 0 && has_writer(reader, own))
		ret = inherit(rec, i);
	else if (waiting && key->packets)
		ret = record_refuse_fd(rec, end->tid, end->fd, p->path, "there are packets in the pipe");
	else if (waiting && copy_bytes(reader, own, p, waiting))
		ret = record_refuse_fd(rec, end->tid, end->fd, p->path, "what is in the pipe cannot be copied");
	else
		p->quiet = p->path && writer < 0 && !waiting && is_quiet(reader);
	close(own[0]);
	close(own[1]);
	return ret;
}

static int open_end(const struct end *e)
{
	return e->tid ? record_get_fd(e->tid, e->fd) : -1;
}

int record_pipes(struct recorder *rec)
{
	int ret = 0;

	for (uint32_t i = 0; i < rec->image.n_pipes && !ret; i++) {
		const struct pipe_key *key = &rec->pipes[i];
		int reader = open_end(&key->reader), writer = open_end(&key->writer);

		if ((key->reader.tid && reader < 0) || (key->writer.tid && writer < 0)) {
			report(errno, "open pipe %u", i);
			ret = -1;
		} else {
			ret = record_ends(rec, i, reader, writer);
		}
		if (reader >= 0)
			close(reader);
		if (writer >= 0)
			close(writer);
	}
	return ret;
}
