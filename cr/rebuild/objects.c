// SPDX-License-Identifier: GPL-2.0
/*
 * The objects that tasks share: open file descriptions (files.c), and what they have mapped.  The restarting program
 * opens each once.  The tasks then get their descriptors from it with pidfd_getfd(), so that what was one open file
 * description is one again.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <asm/unistd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "rebuild.h"
#include "lib/report.h"

/* Open a mapped file, and check by its size and date that it is still the recorded one. */
static int open_mapped(struct builder *b, uint32_t i)
{
	const struct mapped_file *m = &b->image->mapped[i];
	struct stat st;
	int fd = reopen_path(&b->open, m->mounts, m->path, (m->writable ? O_RDWR : O_RDONLY) | O_LARGEFILE | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st)) {
		report(errno, "open `%s', which was mapped", m->path);
		return -1;
	}
	b->mapped_fd[i] = fd;
	if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size != m->size ||
	    st.st_mtim.tv_sec * 1000000000ULL + st.st_mtim.tv_nsec != m->mtime_ns) {
		report(0, "`%s', which was mapped, has been changed since the checkpoint", m->path);
		return -1;
	}
	return 0;
}

/* Make shared anonymous memory: map it here for a moment, and open it through /proc/self/map_files. */
static int make_shared(struct builder *b, uint32_t i)
{
	const struct shared_memory *s = &b->image->shared[i];
	unsigned char *p = mmap(NULL, s->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	char path[64];

	if (p == MAP_FAILED) {
		report(errno, "make shared memory of %llu bytes", (unsigned long long)s->size);
		return -1;
	}
	for (uint32_t n = 0; n < s->n_pages; n++)
		memcpy(p + s->pages[n].start, s->pages[n].data.data, s->pages[n].data.size);
	snprintf(path, sizeof(path), "/proc/self/map_files/%lx-%lx", (unsigned long)p, (unsigned long)(p + s->size));
	b->shared_fd[i] = open(path, O_RDWR | O_CLOEXEC);
	if (b->shared_fd[i] < 0)
		report(errno, "open `%s'", path);
	munmap(p, s->size);
	return b->shared_fd[i] < 0 ? -1 : 0;
}

static int *descriptors(uint32_t n)
{
	int *fds = malloc((n + 1) * sizeof(*fds));

	for (uint32_t i = 0; fds && i < n; i++)
		fds[i] = -1;
	return fds;
}

int rebuild_objects_begin(struct builder *b)
{
	const struct image *image = b->image;
	const struct rlimit enough = { 65536, 65536 };

	b->mapped_fd = descriptors(image->n_mapped);
	b->shared_fd = descriptors(image->n_shared);
	b->mounts_root = descriptors(image->n_mountss);
	b->mounts_first = calloc(image->n_mountss + 1, sizeof(*b->mounts_first));
	b->open = (struct reopening){
		.image = image, .mounts_root = b->mounts_root, .mounts_first = b->mounts_first, .outside_fd = { -1, -1, -1 },
		.open_fd = descriptors(image->n_opens), .pty_fd = descriptors(image->n_ptys),
		.options = {
			.file = { b->options->standard[0], b->options->standard[1], b->options->standard[2] },
			.foreground = b->options->foreground, .image_is_stdin = b->options->image_is_stdin,
		},
	};
	if (!b->open.open_fd || !b->open.pty_fd || !b->mapped_fd || !b->shared_fd || !b->mounts_root || !b->mounts_first) {
		report(ENOMEM, "open files");
		return -1;
	}
	if (setrlimit(RLIMIT_NOFILE, &enough)) {
		report(errno, "raise the limit of open files");
		return -1;
	}
	return rebuild_opens_early(b);
}

int rebuild_objects(struct builder *b)
{
	b->open.inner_pty_fd = b->creation.inner_pty_fd;
	if (rebuild_find_mounts(b))
		return -1;
	for (uint32_t i = 0; i < b->image->n_mapped; i++)
		if (open_mapped(b, i))
			return -1;
	for (uint32_t i = 0; i < b->image->n_shared; i++)
		if (make_shared(b, i))
			return -1;
	return rebuild_opens(b);
}

static void close_all(int *fds, uint32_t n)
{
	for (uint32_t i = 0; fds && i < n; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	free(fds);
}

void rebuild_objects_close(struct builder *b)
{
	close_all(b->open.open_fd, b->image->n_opens);
	close_all(b->mapped_fd, b->image->n_mapped);
	close_all(b->shared_fd, b->image->n_shared);
	close_all(b->open.pty_fd, b->image->n_ptys);
	close_all(b->mounts_root, b->image->n_mountss);
	free(b->mounts_first);
	for (int i = 0; i < 3; i++)
		if (b->open.outside_fd[i] >= 0)
			close(b->open.outside_fd[i]);
}
