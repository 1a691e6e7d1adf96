// SPDX-License-Identifier: GPL-2.0
/* Read an image in one pass, from a file or a stream, without trusting its contents. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>

#include "lib/grow.h"
#include "check.h"
#include "code.h"
#include "cr/image/checksum.h"
#include "lib/interrupt.h"
#include "lib/report.h"
#include "source.h"

/* The greatest length of a section that we accept. */
#define SECTION_MAX (1U << 30)

/* The first line without the version; and the beginning of images of the first version, which were text. */
static const char stem[] = "clone_with_pids image ";
static const char text_stem[] = "clone_with_pids checkpoint,";

/* The image owns this from now on, whatever comes. */
static int keep_body(struct image *image, const struct body *body)
{
	struct body *larger = grow(image->bodies, image->n_bodies, sizeof(*larger));

	if (!larger) {
		report(ENOMEM, "read the image");
		munmap(body->data, body->size);
		return -1;
	}
	image->bodies = larger;
	image->bodies[image->n_bodies++] = *body;
	return 0;
}

static int read_element(struct image *image, const struct source *s, enum image_list list, struct coder *c)
{
	const struct image_list_info *l = &image_lists[list];
	uint32_t n = image_count(image, list);
	void *element = n < l->max ? image_append(image, list) : NULL;

	if (!element) {
		report(0, "`%s': section %u: %s `%s'", s->path, s->sections,
		       n < l->max ? "out of memory for" : "too many sections", l->tag);
		return -1;
	}
	l->code(c, element);
	if (!c->error && c->at != c->size)
		coder_fail(c, "bytes are left over");
	if (c->error)
		report(0, "`%s': section %u (%s %u): %s", s->path, s->sections, l->tag, n, c->error);
	return c->error ? -1 : 0;
}

/* Take a section's body apart.  Returns 1 if it was the last one, 0 if not, or -1 when reported. */
static int take_apart(struct image *image, struct source *s, int list, const struct image_head *h, struct coder *c)
{
	uint32_t sections = 0;

	if (checksum(c->buf, h->length) != h->checksum) {
		report(0, "`%s': section %u (%.4s) is damaged: its checksum is wrong", s->path, s->sections, h->tag);
		return -1;
	}
	if (list < IMAGE_LISTS) {
		int ret = read_element(image, s, list, c);

		s->sections++;
		return ret;
	}
	code_u32(c, &sections);
	if (!c->error && c->at == c->size && sections == s->sections)
		return 1;
	report(0, "`%s': %u sections were written, %u are there", s->path, sections, s->sections);
	return -1;
}

/* Read the body of a section.  Of a stream's, only those with pages are needed when they have been taken apart. */
static int read_body(struct image *image, struct source *s, int list, const struct image_head *h)
{
	struct coder c = { .reading = true, .size = h->length };
	struct body body;
	int ret = source_take(s, h->length, &c.buf, &body);

	if (!ret)
		ret = take_apart(image, s, list, h, &c);
	if (!body.data)
		return ret;
	if (list == IMAGE_PROCESS || list == IMAGE_SHARED)
		return keep_body(image, &body) ? -1 : ret;
	munmap(body.data, body.size);
	return ret;
}

/* Read a section.  Returns 1 if it was the last one, 0 if not, or -1 when reported. */
static int read_section(struct image *image, struct source *s)
{
	unsigned char bytes[IMAGE_HEAD_SIZE];
	struct coder c = { .reading = true, .buf = bytes, .size = sizeof(bytes) };
	int list = 0;
	struct image_head h;

	if (source_read(s, bytes, sizeof(bytes)))
		return -1;
	image_code_head(&c, &h);
	while (list < IMAGE_LISTS && memcmp(image_lists[list].tag, h.tag, 4))
		list++;
	if ((list == IMAGE_LISTS && memcmp(h.tag, image_end_tag, 4)) || h.length > SECTION_MAX) {
		report(0, "`%s': section %u is damaged: its header is invalid", s->path, s->sections);
		return -1;
	}
	return read_body(image, s, list, &h);
}

static int read_magic(const struct source *s)
{
	char found[64] = "";
	unsigned long version;
	size_t have = 0;
	ssize_t n;

	do {
		n = read(s->fd, found + have, IMAGE_MAGIC_SIZE - have);
		have += n > 0 ? n : 0;
	} while (n > 0 ? have < IMAGE_MAGIC_SIZE : n < 0 && errno == EINTR && !interrupted());
	if (n < 0) {
		if (errno != EINTR)
			report(errno, "read `%s'", s->path);
		return -1;
	}
	if (!strcmp(found, image_magic))
		return 0;
	version = strncmp(found, stem, strlen(stem)) ? 0 : strtoul(found + strlen(stem), NULL, 10);
	if (version > IMAGE_VERSION)
		report(0, "`%s' is an image of version %lu; this program is older and reads version %d", s->path, version,
		       IMAGE_VERSION);
	else if (version)
		report(0, "`%s' is an image of version %lu; this program reads version %d", s->path, version, IMAGE_VERSION);
	else if (have == IMAGE_MAGIC_SIZE && !strncmp(found, text_stem, IMAGE_MAGIC_SIZE))
		report(0, "`%s' is an image of version 1, a text; this program reads version %d", s->path, IMAGE_VERSION);
	else
		report(0, "`%s' is not a checkpoint image", s->path);
	return -1;
}

int image_load(struct image *image, const char *path)
{
	struct source source;
	struct body whole;
	int ret;

	*image = (struct image){ 0 };
	if (source_open(&source, path))
		return -1;
	ret = read_magic(&source) || source_map(&source, &whole) || (whole.data && keep_body(image, &whole)) ? -1 : 0;
	while (!ret)
		ret = read_section(image, &source);
	if (ret > 0)
		ret = source_end(&source);
	source_close(&source);
	if (!ret)
		ret = image_check(image, path);
	if (ret)
		image_free(image);
	return ret;
}
