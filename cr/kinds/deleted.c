// SPDX-License-Identifier: GPL-2.0
/*
 * A file that no longer has a name: nothing else keeps its contents, so the image must.  We read only the extents that
 * the file system reports, so that holes stay holes.  A restart creates the file again with its owner, mode and times.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "cr/image/memory.h"
#include "deleted.h"

#define NS_PER_S 1000000000U
#define IS_TMPFILE(flags) (((flags) & O_TMPFILE) == O_TMPFILE)

/* Limits for one file: nobody wants a larger one in an image. */
#define CONTENTS_MAX (64UL << 20)
#define EXTENTS_MAX 65536
#define BLOCK 512			/* st_blocks counts these */

static void code_extent(struct coder *c, void *element)
{
	struct extent *e = element;

	code_u64(c, &e->start);
	code_blob(c, &e->data);
}

void code_deleted_file(struct coder *c, struct deleted_file *f)
{
	code_u32(c, &f->uid);
	code_u32(c, &f->gid);
	code_u32(c, &f->mode);
	code_i64(c, &f->atime);
	code_u32(c, &f->atime_ns);
	code_i64(c, &f->mtime);
	code_u32(c, &f->mtime_ns);
	CODE_ARRAY(c, f, extents, LIST_MAX, 12, code_extent);
}

/* Check that the extents are in order and within the file, and that its attributes are valid. */
bool deleted_sound(const struct open_regular *r)
{
	const struct deleted_file *f = &r->file;
	uint64_t at = 0;

	for (uint32_t i = 0; i < f->n_extents; i++) {
		const struct extent *e = &f->extents[i];

		if (e->start < at || !e->data.size || e->start > r->size || e->data.size > r->size - e->start)
			return false;
		at = e->start + e->data.size;
	}
	return r->size <= INT64_MAX && f->uid != ~0U && f->gid != ~0U && f->mode <= 07777 && f->atime_ns < NS_PER_S &&
	       f->mtime_ns < NS_PER_S;
}

void deleted_free(struct deleted_file *f)
{
	for (uint32_t i = 0; i < f->n_extents; i++)
		blob_free(&f->extents[i].data);
	free(f->extents);
}

static int add_extent(const struct look *l, int fd, struct deleted_file *f, off_t start, size_t size)
{
	struct extent *e;

	/* Room is doubled at each power of two. */
	if (!(f->n_extents & (f->n_extents - 1))) {
		struct extent *larger = realloc(f->extents, (f->n_extents ? 2 * f->n_extents : 1) * sizeof(*larger));

		if (!larger)
			return refuse_look(l, strerror(ENOMEM));
		f->extents = larger;
	}
	e = &f->extents[f->n_extents];
	*e = (struct extent){ .start = start };
	if (blob_alloc(&e->data, size))
		return refuse_look(l, strerror(ENOMEM));
	f->n_extents++;
	return pread(fd, e->data.data, size, start) == (ssize_t)size ? 0 : refuse_look(l, "its contents cannot be read");
}

/* Record all extents of the file.  *room gets the space that they take, in bytes of whole pages. */
static int record_extents(const struct look *l, int fd, struct deleted_file *f, uint64_t *room)
{
	off_t at = 0, end;

	*room = 0;
	while ((at = lseek(fd, at, SEEK_DATA)) >= 0 && at < l->st.st_size) {
		end = lseek(fd, at, SEEK_HOLE);
		if (end <= at)
			return refuse_look(l, "its contents cannot be read");
		*room += ((end + PAGE_BYTES - 1) & -(off_t)PAGE_BYTES) - (at & -(off_t)PAGE_BYTES);
		if (*room > CONTENTS_MAX || f->n_extents == EXTENTS_MAX)
			return refuse_look(l, "a deleted file with more than 64 MiB of data, or 65536 pieces");
		if (add_extent(l, fd, f, at, end - at))
			return -1;
		at = end;
	}
	return at >= 0 || errno == ENXIO ? 0 : refuse_look(l, "its contents cannot be read");
}

int deleted_record(const struct look *l, struct deleted_file *f)
{
	const struct timespec *atime = &l->st.st_atim, *mtime = &l->st.st_mtim;
	uint64_t room;
	char path[64];
	int fd, ret;

	*f = (struct deleted_file){
		.uid = l->st.st_uid, .gid = l->st.st_gid, .mode = l->st.st_mode & 07777,
		.atime = atime->tv_sec, .atime_ns = atime->tv_nsec, .mtime = mtime->tv_sec, .mtime_ns = mtime->tv_nsec,
	};
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", l->task->pid[0], l->fd);
	/* Reading must not change the access time. */
	fd = open(path, O_RDONLY | O_NOATIME | O_CLOEXEC);
	if (fd < 0)
		return refuse_look(l, strerror(errno));
	ret = record_extents(l, fd, f, &room);
	if (!ret && flistxattr(fd, NULL, 0) > 0)
		ret = refuse_look(l, "a deleted file with extended attributes");
	else if (!ret && (uint64_t)l->st.st_blocks * BLOCK > room)
		ret = refuse_look(l, "a deleted file with space reserved by fallocate()");
	close(fd);
	return ret;
}

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

/* The order matters: fchown() clears some bits of the mode, and everything changes the times. */
static int set_attributes(int fd, const struct open *o)
{
	const struct deleted_file *f = &o->regular.file;
	const struct timespec times[2] = {
		{ .tv_sec = f->atime, .tv_nsec = f->atime_ns }, { .tv_sec = f->mtime, .tv_nsec = f->mtime_ns },
	};

	return fchown(fd, f->uid, f->gid) || fchmod(fd, f->mode) || futimens(fd, times) ? -1 : 0;
}

/* Unlike an unlinked file, a file made with O_TMPFILE shows that flag, and can be given a name later. */
static int make_tmpfile(const struct reopening *re, const struct open *o, int flags, int *file)
{
	int fd = reopen_path(re, o->mounts, "/tmp", flags | O_TMPFILE);

	*file = fd < 0 ? -1 : reopen_fd(fd, O_RDWR | O_CLOEXEC);
	return fd;
}

static int make_unlinked(const struct reopening *re, const struct open *o, int flags, int *file)
{
	*file = reopen_path(re, o->mounts, "/tmp", O_TMPFILE | O_EXCL | O_RDWR | O_LARGEFILE | O_CLOEXEC);
	return *file < 0 ? -1 : reopen_fd(*file, flags);
}

int deleted_open(const struct reopening *re, const struct open *o, int flags)
{
	int file, fd, ret = -1;

	if (o->regular.same_inode >= 0) {
		fd = reopen_fd(re->open_fd[o->regular.same_inode], flags);
		return fd < 0 ? reopen_failed(o, "reopen the deleted") : fd;
	}
	fd = IS_TMPFILE(o->flags) ? make_tmpfile(re, o, flags, &file) : make_unlinked(re, o, flags, &file);
	if (fd < 0 || file < 0)
		reopen_failed(o, "make a file in /tmp for the deleted");
	else if (fill(file, o) || set_attributes(file, o))
		reopen_failed(o, "fill the file in /tmp for the deleted");
	else
		ret = fd;
	if (file >= 0)
		close(file);
	if (fd >= 0 && ret < 0)
		close(fd);
	return ret;
}
