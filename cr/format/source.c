// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "lib/free_memory.h"
#include "lib/interrupt.h"
#include "lib/report.h"
#include "source.h"

/* Of the file that is mapped. */
static const char *mapped_path;

int source_open(struct source *s, const char *path)
{
	*s = (struct source){ .path = path, .fd = STDIN_FILENO, .limit = memory_available() };
	if (!strcmp(path, "-"))
		return 0;
	s->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (s->fd >= 0)
		return 0;
	report(errno, "open `%s'", path);
	return -1;
}

void source_close(struct source *s)
{
	if (s->fd != STDIN_FILENO)
		close(s->fd);
}

/* The signal comes in the middle of this program's own look at the file, and what it has built ends with it. */
static void on_bus_error(int sig)
{
	(void)sig;
	report(0, "`%s' was cut off while it was read", mapped_path);
	_exit(EXIT_FAILED);
}

int source_map(struct source *s, struct body *whole)
{
	const struct sigaction end = { .sa_handler = on_bus_error };
	off_t at = lseek(s->fd, 0, SEEK_CUR);
	struct stat st;
	void *map;

	*whole = (struct body){ 0 };
	if (at < 0 || fstat(s->fd, &st) || !S_ISREG(st.st_mode) || st.st_size <= at || st.st_size > INT32_MAX)
		return 0;
	map = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, s->fd, 0);
	if (map == MAP_FAILED)
		return 0;
	madvise(map, st.st_size, MADV_DONTFORK);
	mapped_path = s->path;
	sigaction(SIGBUS, &end, NULL);
	*whole = (struct body){ map, st.st_size };
	s->map = map;
	s->at = at;
	s->end = st.st_size;
	return 0;
}

static int ends_too_early(const struct source *s)
{
	report(0, "`%s' ends too early, in section %u: it was cut off", s->path, s->sections);
	return -1;
}

int source_read(struct source *s, void *data, size_t size)
{
	char *p = data;

	if (s->map) {
		if (size > s->end - s->at)
			return ends_too_early(s);
		memcpy(data, s->map + s->at, size);
		s->at += size;
		return 0;
	}
	while (size) {
		ssize_t n = read(s->fd, p, size);

		if (n < 0 && errno == EINTR && !interrupted())
			continue;
		if (n < 0) {
			if (errno != EINTR)
				report(errno, "read `%s'", s->path);
			return -1;
		}
		if (!n)
			return ends_too_early(s);
		p += n;
		size -= n;
	}
	return 0;
}

/* Read a stream into memory that a fork() does not copy.  Believe the number of bytes only as far as they arrive. */
static int read_stream(struct source *s, size_t size, struct body *body)
{
	size_t have = 0, step = 1 << 16;

	do {
		size_t n = size - have < step ? size - have : step;
		void *larger = MAP_FAILED;

		if (s->size + have + n < s->limit)
			larger = body->data ? mremap(body->data, body->size, have + n + 1, MREMAP_MAYMOVE) :
				 mmap(NULL, n + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (larger == MAP_FAILED) {
			report(ENOMEM, "read `%s': section %u of %zu bytes", s->path, s->sections, size);
			return -1;
		}
		*body = (struct body){ larger, have + n + 1 };
		if (source_read(s, (char *)body->data + have, n))
			return -1;
		have += n;
		step *= 2;
	} while (have < size);
	madvise(body->data, body->size, MADV_DONTFORK);
	s->size += have;
	return 0;
}

int source_take(struct source *s, size_t size, unsigned char **bytes, struct body *body)
{
	*body = (struct body){ 0 };
	if (!s->map) {
		int ret = read_stream(s, size, body);

		*bytes = body->data;
		return ret;
	}
	if (size > s->end - s->at)
		return ends_too_early(s);
	*bytes = s->map + s->at;
	s->at += size;
	return interrupted() ? -1 : 0;
}

int source_end(struct source *s)
{
	char byte;
	ssize_t n;

	/* Where it would be if the file had been read. */
	if (s->map)
		lseek(s->fd, (off_t)s->at, SEEK_SET);
	do
		n = read(s->fd, &byte, 1);
	while (n < 0 && errno == EINTR && !interrupted());
	if (!n)
		return 0;
	if (n > 0 || errno != EINTR)
		report(n < 0 ? errno : 0, "`%s': data follows its end", s->path);
	return -1;
}
