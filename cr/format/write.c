// SPDX-License-Identifier: GPL-2.0
/* Write an image in one pass. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/vfs.h>

#include "lib/free_memory.h"
#include "code.h"
#include "cr/image/checksum.h"
#include "lib/interrupt.h"
#include "lib/report.h"

static size_t size_of(const struct iovec *part, size_t n)
{
	size_t size = 0;

	for (size_t i = 0; i < n; i++)
		size += part[i].iov_len;
	return size;
}

/* Write n parts, which this function changes. */
static int write_all(struct image_writer *w, struct iovec *part, size_t n)
{
	if (w->takes_memory && !memory_admit(size_of(part, n))) {
		report(errno, "write `%s', which is in memory", w->path);
		return -1;
	}
	while (n) {
		ssize_t written = writev(w->fd, part, n < IOV_MAX ? n : IOV_MAX);

		if (interrupted())
			return -1;
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0) {
			report(errno, "write `%s'", w->path);
			return -1;
		}
		for (; n && (size_t)written >= part->iov_len; part++, n--)
			written -= part->iov_len;
		if (n) {
			part->iov_base = (char *)part->iov_base + written;
			part->iov_len -= written;
		}
	}
	return 0;
}

static int write_magic(struct image_writer *w)
{
	return write_all(w, &(struct iovec){ (void *)image_magic, IMAGE_MAGIC_SIZE }, 1);
}

/* Write a section: its head, and in the same call its body. */
static int write_section(struct image_writer *w, const char *tag, struct coder *body)
{
	struct coder head = { .reading = false };
	struct image_head h;
	size_t n;
	struct iovec *part = coder_parts(body, &n);
	int ret = -1;

	if (part) {
		h.length = size_of(part + 1, n);
		h.checksum = checksum_of_parts(part + 1, n);
		memcpy(h.tag, tag, 4);
		image_code_head(&head, &h);
		*part = (struct iovec){ head.buf, head.at };
	}
	if (!part || head.error || body->error)
		report(0, "write `%s': %s", w->path, body->error ? body->error : "out of memory");
	else
		ret = write_all(w, part, n + 1);
	free(part);
	coder_free(&head);
	coder_free(body);
	w->sections++;
	return ret;
}

/* Create a file without a name, in the folder where it will get one: whatever happens, no incomplete file is left. */
static int create_nameless(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash ? strndup(path, slash - path + 1) : strdup(".");
	int fd = folder ? open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600) : -1;

	free(folder);
	return fd;
}

/* Give the file a unique temporary name. */
static int give_temporary_name(const struct image_writer *w)
{
	char link[32];

	snprintf(link, sizeof(link), "/proc/self/fd/%d", w->fd);
	return linkat(AT_FDCWD, link, AT_FDCWD, w->temporary, AT_SYMLINK_FOLLOW);
}

/* Is it a file system without a disk, which keeps what is written in memory? */
static bool is_in_memory(int fd)
{
	struct statfs fs;

	return !fstatfs(fd, &fs) && (fs.f_type == TMPFS_MAGIC || fs.f_type == RAMFS_MAGIC);
}

int image_create(struct image_writer *w, const char *path)
{
	struct stat st;

	*w = (struct image_writer){ .path = path, .fd = STDOUT_FILENO };
	if (!strcmp(path, "-"))
		return write_magic(w);
	/* rename() would put the image in the place of a device. */
	if (!stat(path, &st) && !S_ISREG(st.st_mode)) {
		report(0, "write `%s': it exists, and is not a regular file", path);
		return -1;
	}
	if (asprintf(&w->temporary, "%s.%d", path, getpid()) < 0) {
		report(ENOMEM, "write `%s'", path);
		w->temporary = NULL;
		return -1;
	}
	w->fd = *path ? create_nameless(path) : -1;
	if (w->fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR)) {
		w->fd = open(w->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		w->named = w->fd >= 0;
	}
	if (w->fd < 0) {
		report(*path ? errno : ENOENT, "create `%s'", path);
		free(w->temporary);
		w->temporary = NULL;
		return -1;
	}
	w->takes_memory = is_in_memory(w->fd);
	return write_magic(w);
}

int image_put(struct image_writer *w, enum image_list list, const void *element)
{
	struct coder c = { .reading = false };

	/* A coder that writes does not change what it writes. */
	image_lists[list].code(&c, (void *)element);
	return write_section(w, image_lists[list].tag, &c);
}

int image_put_all(struct image_writer *w, const struct image *image)
{
	for (int list = 0; list < IMAGE_LISTS; list++) {
		uint32_t n = image_count(image, list);

		for (uint32_t i = 0; i < n; i++)
			if (image_put(w, list, image_element(image, list, i)))
				return -1;
	}
	return 0;
}

int image_commit(struct image_writer *w)
{
	struct coder c = { .reading = false };

	code_u32(&c, &w->sections);
	if (write_section(w, image_end_tag, &c))
		return -1;
	if (!w->temporary)
		return 0;
	if (!w->named) {
		unlink(w->temporary);	/* of a process of before with our pid, that was killed */
		w->named = !fsync(w->fd) && !give_temporary_name(w);
	}
	if (!w->named || fsync(w->fd) || rename(w->temporary, w->path)) {
		report(errno, "write `%s'", w->path);
		return -1;
	}
	w->named = false;
	image_discard(w);
	return 0;
}

void image_discard(struct image_writer *w)
{
	if (!w->temporary)
		return;
	close(w->fd);
	if (w->named)
		unlink(w->temporary);
	free(w->temporary);
	w->temporary = NULL;
}
