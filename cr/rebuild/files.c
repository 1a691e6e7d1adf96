// SPDX-License-Identifier: GPL-2.0
/* Open file descriptions, each made once in the restarting program; and pipes, with what lies in them. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "rebuild.h"
#include "lib/report.h"

/* What must not happen again, and what is not open()'s but fcntl()'s. */
#define NOT_TO_OPEN (O_CREAT | O_EXCL | O_TRUNC | O_NOCTTY | O_DIRECT | O_ASYNC)
#define FLAGS_TO_OPEN(flags) ((int)((flags) & ~(unsigned int)NOT_TO_OPEN) | O_CLOEXEC | O_NOCTTY)

/* The two ends of each pipe, until all that have it open have it. */
struct ends {
	int read, write;
};

static int fail(const struct open *o, const char *what)
{
	report(errno, "%s `%s', which was open", what, o->path ? o->path : "a pipe");
	return -1;
}

int rebuild_reopen(int fd, int flags)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return syscall(SYS_open, path, flags, 0);	/* with these flags alone: see rebuild_open() */
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

static int open_regular(const struct builder *b, const struct open *o)
{
	/* O_TMPFILE has made the file that it opened. */
	int flags = FLAGS_TO_OPEN(o->flags & ~(unsigned int)O_TMPFILE), fd;
	struct stat st;

	if (o->regular.deleted)
		return rebuild_deleted(b, o, flags);
	fd = rebuild_open(b, o->mounts, o->path, flags);
	if (fd < 0 || fstat(fd, &st))
		return fail(o, "open");
	if (S_ISREG(st.st_mode) && (uint64_t)st.st_size >= o->regular.size)
		return fd;
	report(0, "`%s', which was open, %s", o->path, S_ISREG(st.st_mode) ? "is shorter than it was" : "is no file any more");
	close(fd);
	return -1;
}

/* What is opened by its name alone. */
static int open_named(const struct builder *b, const struct open *o)
{
	int fd = rebuild_open(b, o->mounts, o->path, FLAGS_TO_OPEN(o->flags));
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return fail(o, "open");
	if (o->kind != OPEN_DEVICE || (S_ISCHR(st.st_mode) && st.st_rdev == o->device.rdev))
		return fd;
	report(0, "`%s', which was open, is not the device that it was", o->path);
	close(fd);
	return -1;
}

static int open_eventfd(const struct open *o)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK | (o->eventfd.semaphore ? EFD_SEMAPHORE : 0));

	if (fd < 0 || (o->eventfd.counter && write(fd, &o->eventfd.counter, 8) != 8))
		return fail(o, "make again");
	return fd;
}

/* Each end of a fifo by its name, with which it was opened: not all may have come the same way. */
static int open_end(const struct builder *b, const struct open *o, const struct ends *e)
{
	int end = (o->flags & O_ACCMODE) == O_WRONLY ? e->write : e->read, flags = FLAGS_TO_OPEN(o->flags) | O_NONBLOCK;
	int fd = o->kind == OPEN_FIFO ? rebuild_open(b, o->mounts, o->path, flags) : rebuild_reopen(end, flags);

	return fd < 0 ? fail(o, "open an end of") : fd;
}

static int open_one(const struct builder *b, const struct open *o, const struct ends *ends)
{
	switch (o->kind) {
	case OPEN_REGULAR:
		return open_regular(b, o);
	case OPEN_DIRECTORY:
	case OPEN_DEVICE:
	case OPEN_PLACE:
		return open_named(b, o);
	case OPEN_PIPE:
	case OPEN_FIFO:
		return open_end(b, o, &ends[o->pipe.pipe]);
	case OPEN_EVENTFD:
		return open_eventfd(o);
	case OPEN_PTY_MASTER:
	case OPEN_PTY_SLAVE:
		return rebuild_open_pty(b, o);
	}
	errno = EOPNOTSUPP;
	return fail(o, "open");
}

static int set_state(const struct open *o, int fd)
{
	if (o->kind == OPEN_PLACE)
		return 0;
	if (fcntl(fd, F_SETFL, o->flags & ~(unsigned int)O_ACCMODE))
		return fail(o, "set the flags of");
	if ((o->kind == OPEN_REGULAR && lseek(fd, o->regular.position, SEEK_SET) < 0) ||
	    (o->kind == OPEN_DIRECTORY && lseek(fd, o->directory.position, SEEK_SET) < 0))
		return fail(o, "set the position of");
	return 0;
}

static int make_fifo(const struct builder *b, const struct pipe *p, struct ends *e)
{
	/* For reading and writing, a fifo does not wait for the other end. */
	e->read = rebuild_open(b, p->mounts, p->path, (p->quiet ? O_RDONLY : O_RDWR) | O_NONBLOCK | O_CLOEXEC);
	if (e->read >= 0 && !p->quiet)
		e->write = rebuild_reopen(e->read, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	return e->read < 0 || (!p->quiet && e->write < 0) ? -1 : 0;
}

static int make_pipe(const struct builder *b, const struct pipe *p, struct ends *e)
{
	struct stat st;
	int fds[2];

	if (p->path) {
		if (make_fifo(b, p, e) || fstat(e->read, &st))
			return -1;
		if (!S_ISFIFO(st.st_mode)) {
			errno = ESTALE;
			return -1;
		}
	} else {
		if (pipe2(fds, O_NONBLOCK | O_CLOEXEC))
			return -1;
		*e = (struct ends){ fds[0], fds[1] };
	}
	if (p->capacity && fcntl(e->read, F_SETPIPE_SZ, p->capacity) < 0)
		return -1;
	return write_whole(e->write, &p->bytes);
}

static int make_pipes(const struct builder *b, struct ends *ends)
{
	const struct image *image = b->image;

	for (uint32_t i = 0; i < image->n_pipes; i++) {
		if (!make_pipe(b, &image->pipes[i], &ends[i]))
			continue;
		report(errno, "make %s `%s' again, with what was in it", image->pipes[i].path ? "the fifo" : "a pipe",
		       image->pipes[i].path ? image->pipes[i].path : "");
		return -1;
	}
	return 0;
}

static void close_ends(struct ends *ends, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		if (ends[i].read >= 0)
			close(ends[i].read);
		if (ends[i].write >= 0)
			close(ends[i].write);
	}
	free(ends);
}

int rebuild_opens(struct builder *b)
{
	const struct image *image = b->image;
	struct ends *ends = malloc((image->n_pipes + 1) * sizeof(*ends));
	int ret;

	if (!ends) {
		report(ENOMEM, "open files");
		return -1;
	}
	for (uint32_t i = 0; i < image->n_pipes; i++)
		ends[i] = (struct ends){ -1, -1 };
	ret = make_pipes(b, ends);
	for (uint32_t i = 0; i < image->n_opens && !ret; i++) {
		if (image->opens[i].kind == OPEN_OUTSIDE)
			continue;	/* rebuild_outside() */
		b->open_fd[i] = open_one(b, &image->opens[i], ends);
		ret = b->open_fd[i] < 0 ? -1 : set_state(&image->opens[i], b->open_fd[i]);
	}
	close_ends(ends, image->n_pipes);
	return ret;
}
