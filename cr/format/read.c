// SPDX-License-Identifier: GPL-2.0
/* Read an image in one pass, from a file or a stream, without trusting its contents. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/free_memory.h"
#include "check.h"
#include "code.h"
#include "cr/image/checksum.h"
#include "lib/interrupt.h"
#include "lib/report.h"

/* The greatest length of a section that we accept. */
#define SECTION_MAX (1U << 30)

/* The first line without the version; and the beginning of images of the first version, which were text. */
static const char stem[] = "clone_with_pids image ";
static const char text_stem[] = "clone_with_pids checkpoint,";

/* A file that is being read. */
struct reader {
	int fd;
	const char *path;
	uint32_t sections;
	/*
	 * Bytes of all sections so far, and how many there may be: an image is all in memory before anything is built of it,
	 * and what a section says is there once more while it is taken apart.
	 */
	uint64_t size, limit;
};

/* Read exactly this many bytes.  Returns 0, or -1 when reported. */
static int read_all(const struct reader *r, void *data, size_t size)
{
	char *p = data;

	while (size) {
		ssize_t n = read(r->fd, p, size);

		if (n < 0 && errno == EINTR && !interrupted())
			continue;
		if (n <= 0) {
			if (n < 0 && errno != EINTR)
				report(errno, "read `%s'", r->path);
			else if (!n)
				report(0, "`%s' ends too early, in section %u: it was cut off", r->path, r->sections);
			return -1;
		}
		p += n;
		size -= n;
	}
	return 0;
}

/* Read the body of a section.  Its length comes from the file, so believe it only as far as bytes arrive. */
static unsigned char *read_body(struct reader *r, const struct image_head *h)
{
	size_t have = 0, step = 1 << 16;
	unsigned char *buf = NULL;

	do {
		size_t n = h->length - have < step ? h->length - have : step;
		bool fits = r->size + 2ULL * (have + n) < r->limit;
		unsigned char *larger = fits ? realloc(buf, have + n + 1) : NULL;

		if (!larger) {
			report(ENOMEM, "read `%s': section %u of %u bytes", r->path, r->sections, h->length);
			free(buf);
			return NULL;
		}
		buf = larger;
		if (read_all(r, buf + have, n)) {
			free(buf);
			return NULL;
		}
		have += n;
		step *= 2;
	} while (have < h->length);
	r->size += have;
	return buf;
}

static int read_element(struct image *image, const struct reader *r, enum image_list list, struct coder *c)
{
	const struct image_list_info *l = &image_lists[list];
	uint32_t n = image_count(image, list);
	void *element = n < l->max ? image_append(image, list) : NULL;

	if (!element) {
		report(0, "`%s': section %u: %s `%s'", r->path, r->sections,
		       n < l->max ? "out of memory for" : "too many sections", l->tag);
		return -1;
	}
	l->code(c, element);
	if (!c->error && c->at != c->size)
		coder_fail(c, "bytes are left over");
	if (c->error)
		report(0, "`%s': section %u (%s %u): %s", r->path, r->sections, l->tag, n, c->error);
	return c->error ? -1 : 0;
}

/* Read a section.  Returns 1 if it was the last one, 0 if not, or -1 when reported. */
static int read_section(struct image *image, struct reader *r)
{
	unsigned char bytes[IMAGE_HEAD_SIZE], *body;
	struct coder c = { .reading = true, .buf = bytes, .size = sizeof(bytes) };
	int list = 0;
	struct image_head h;
	int ret;

	if (read_all(r, bytes, sizeof(bytes)))
		return -1;
	image_code_head(&c, &h);
	while (list < IMAGE_LISTS && memcmp(image_lists[list].tag, h.tag, 4))
		list++;
	if ((list == IMAGE_LISTS && memcmp(h.tag, image_end_tag, 4)) || h.length > SECTION_MAX) {
		report(0, "`%s': section %u is damaged: its header is invalid", r->path, r->sections);
		return -1;
	}
	body = read_body(r, &h);
	if (!body)
		return -1;
	c = (struct coder){ .reading = true, .buf = body, .size = h.length };
	if (checksum(body, h.length) != h.checksum) {
		report(0, "`%s': section %u (%.4s) is damaged: its checksum is wrong", r->path, r->sections, h.tag);
		ret = -1;
	} else if (list < IMAGE_LISTS) {
		ret = read_element(image, r, list, &c);
		r->sections++;
	} else {
		uint32_t sections = 0;

		code_u32(&c, &sections);
		ret = c.error || c.at != c.size || sections != r->sections ? -1 : 1;
		if (ret < 0)
			report(0, "`%s': %u sections were written, %u are there", r->path, sections, r->sections);
	}
	free(body);
	return ret;
}

static int read_magic(const struct reader *r)
{
	char found[64] = "";
	unsigned long version;
	size_t have = 0;
	ssize_t n;

	do {
		n = read(r->fd, found + have, IMAGE_MAGIC_SIZE - have);
		have += n > 0 ? n : 0;
	} while (n > 0 ? have < IMAGE_MAGIC_SIZE : n < 0 && errno == EINTR && !interrupted());
	if (n < 0) {
		if (errno != EINTR)
			report(errno, "read `%s'", r->path);
		return -1;
	}
	if (!strcmp(found, image_magic))
		return 0;
	version = strncmp(found, stem, strlen(stem)) ? 0 : strtoul(found + strlen(stem), NULL, 10);
	if (version > IMAGE_VERSION)
		report(0, "`%s' is an image of version %lu; this program is older and reads version %d", r->path, version,
		       IMAGE_VERSION);
	else if (version)
		report(0, "`%s' is an image of version %lu; this program reads version %d", r->path, version, IMAGE_VERSION);
	else if (have == IMAGE_MAGIC_SIZE && !strncmp(found, text_stem, IMAGE_MAGIC_SIZE))
		report(0, "`%s' is an image of version 1, a text; this program reads version %d", r->path, IMAGE_VERSION);
	else
		report(0, "`%s' is not a checkpoint image", r->path);
	return -1;
}

/*
 * Check that nothing follows the end.  On a pipe, this waits until the writer has closed it.  By then a checkpoint has
 * killed the tree, so a restart at the other end finds its pids free.
 */
static int read_end(const struct reader *r)
{
	char byte;
	ssize_t n;

	do
		n = read(r->fd, &byte, 1);
	while (n < 0 && errno == EINTR && !interrupted());
	if (!n)
		return 0;
	if (n > 0 || errno != EINTR)
		report(n < 0 ? errno : 0, "`%s': data follows its end", r->path);
	return -1;
}

int image_load(struct image *image, const char *path)
{
	struct reader r = { .path = path, .fd = STDIN_FILENO, .limit = memory_available() };
	int ret;

	*image = (struct image){ 0 };
	if (strcmp(path, "-")) {
		r.fd = open(path, O_RDONLY | O_CLOEXEC);
		if (r.fd < 0) {
			report(errno, "open `%s'", path);
			return -1;
		}
	}
	ret = read_magic(&r);
	while (!ret)
		ret = read_section(image, &r);
	if (ret > 0)
		ret = read_end(&r);
	if (strcmp(path, "-"))
		close(r.fd);
	if (!ret)
		ret = image_check(image, path);
	if (ret)
		image_free(image);
	return ret;
}
