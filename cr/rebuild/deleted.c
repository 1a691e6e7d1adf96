// SPDX-License-Identifier: GPL-2.0
/* Files that have no name any more: made again, with their holes, owner, mode and times. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/stat.h>

#include "rebuild.h"
#include "lib/report.h"

#define IS_TMPFILE(flags) (((flags) & O_TMPFILE) == O_TMPFILE)

static int fill(int fd, const struct open *o)
{
	const struct deleted_file *f = &o->regular.file;

	for (uint32_t i = 0; i < f->n_extents; i++) {
		const struct extent *e = &f->extents[i];

		for (uint32_t done = 0; done < e->data.size;) {
			ssize_t n = pwrite(fd, e->data.data + done, e->data.size - done, e->start + done);

			if (n <= 0)
				return -1;
			done += n;
		}
	}
	return ftruncate(fd, o->regular.size);
}

/* A new owner takes some bits of the mode away, and all of it changes the times: they are last. */
static int set_attributes(int fd, const struct open *o)
{
	const struct deleted_file *f = &o->regular.file;
	const struct timespec times[2] = {
		{ .tv_sec = f->atime, .tv_nsec = f->atime_ns }, { .tv_sec = f->mtime, .tv_nsec = f->mtime_ns },
	};

	return fchown(fd, f->uid, f->gid) || fchmod(fd, f->mode) || futimens(fd, times) ? -1 : 0;
}

static int fail(const struct open *o, const char *what)
{
	report(errno, "%s `%s', which was open", what, o->path ? o->path : "a file");
	return -1;
}

/* One that O_TMPFILE has made shows it, and can be given a name later; one whose name was removed cannot. */
static int make_tmpfile(const struct builder *b, const struct open *o, int flags, int *file)
{
	int fd = rebuild_open(b, o->mounts, "/tmp", flags | O_TMPFILE);

	*file = fd < 0 ? -1 : rebuild_reopen(fd, O_RDWR | O_CLOEXEC);
	return fd;
}

static int make_unlinked(const struct builder *b, const struct open *o, int flags, int *file)
{
	*file = rebuild_open(b, o->mounts, "/tmp", O_TMPFILE | O_EXCL | O_RDWR | O_LARGEFILE | O_CLOEXEC);
	return *file < 0 ? -1 : rebuild_reopen(*file, flags);
}

int rebuild_deleted(const struct builder *b, const struct open *o, int flags)
{
	int file, fd, ret = -1;

	if (o->regular.same_inode >= 0) {
		fd = rebuild_reopen(b->open_fd[o->regular.same_inode], flags);
		return fd < 0 ? fail(o, "open again the deleted") : fd;
	}
	fd = IS_TMPFILE(o->flags) ? make_tmpfile(b, o, flags, &file) : make_unlinked(b, o, flags, &file);
	if (fd < 0 || file < 0)
		fail(o, "make a file in /tmp for the deleted");
	else if (fill(file, o) || set_attributes(file, o))
		fail(o, "fill the file in /tmp for the deleted");
	else
		ret = fd;
	if (file >= 0)
		close(file);
	if (fd >= 0 && ret < 0)
		close(fd);
	return ret;
}
