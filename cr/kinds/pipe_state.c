// SPDX-License-Identifier: GPL-2.0
/* The capacity and contents of a pipe or fifo.  pipe.c deals with its ends. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "cr/image/memory.h"
#include "cr/image/unsound.h"
#include "image.h"
#include "pipe.h"

#define PIPE_MAX (1U << 24)		/* bytes in one pipe */
#define PIPES_MAX (1U << 28)		/* in all: the kernel keeps 1 byte for 100 even if they are empty */

void code_pipe(struct coder *c, void *element)
{
	struct pipe *p = element;

	code_u32(c, &p->capacity);
	code_bool(c, &p->quiet);
	code_string(c, &p->path);
	code_i32(c, &p->mounts);
	code_blob(c, &p->bytes);
}

int pipe_check(const struct check *c)
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
			return image_refuse(c, "pipe", i, "its mount namespace is not in the image");
		if (p->path && !is_absolute(p->path))
			return image_refuse(c, "pipe", i, "a fifo without an absolute path");
	}
	return 0;
}

/* Does anybody have the write end open?  1 or 0, or -1 with errno. */
static int has_writer(int reader)
{
	struct pollfd p = { .fd = reader, .events = POLLIN };
	int own[2], ret;

	if (poll(&p, 1, 0) > 0 && p.revents & POLLHUP)
		return 0;
	if (pipe2(own, O_CLOEXEC | O_NONBLOCK))
		return -1;
	ret = tee(reader, own[1], 1, SPLICE_F_NONBLOCK) != 0;
	close(own[0]);
	close(own[1]);
	return ret;
}

static bool has_reader(int writer)
{
	struct pollfd p = { .fd = writer, .events = POLLOUT };

	return poll(&p, 1, 0) < 0 || !(p.revents & POLLERR);
}

/* poll() reports no hangup to a reader that has had no writer since it opened the fifo: fifo_open() in fs/pipe.c. */
static bool is_quiet(int reader)
{
	struct pollfd p = { .fd = reader, .events = POLLIN };

	return poll(&p, 1, 0) >= 0 && !(p.revents & POLLHUP);
}

int pipe_leads_outside(const struct pipe_ends *e)
{
	return e->read < 0 ? has_reader(e->write) : e->write < 0 ? has_writer(e->read) : 0;
}

/* Copy the first `waiting' bytes of a pipe to one of our own, and read them there. */
static int copy_bytes(int fd, struct pipe *p, int waiting)
{
	ssize_t copied = -1;
	int own[2];

	if (pipe2(own, O_CLOEXEC | O_NONBLOCK))
		return -1;
	if (fcntl(own[1], F_SETPIPE_SZ, p->capacity) >= 0 && !blob_alloc(&p->bytes, waiting))
		copied = tee(fd, own[1], waiting, SPLICE_F_NONBLOCK);
	if (copied == waiting)
		copied = read(own[0], p->bytes.data, waiting);
	close(own[0]);
	close(own[1]);
	return copied == waiting ? 0 : -1;
}

const char *pipe_read(const struct pipe_ends *e, bool packets, struct pipe *p)
{
	int waiting = 0, size = fcntl(e->read < 0 ? e->write : e->read, F_GETPIPE_SZ);

	p->capacity = size;
	if (size < 0 || (e->read >= 0 && ioctl(e->read, FIONREAD, &waiting)))
		return "its size cannot be read";
	if (waiting && packets)
		return "there are packets in the pipe";
	if (waiting && copy_bytes(e->read, p, waiting))
		return "what is in the pipe cannot be copied";
	p->quiet = p->path && e->write < 0 && !waiting && is_quiet(e->read);
	return NULL;
}

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

int pipe_make(const struct reopening *re, const struct pipe *p, struct pipe_ends *e)
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
