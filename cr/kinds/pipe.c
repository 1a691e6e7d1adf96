// SPDX-License-Identifier: GPL-2.0
/* Pipes and fifos, with what lies in them. */
#include "cr/image/memory.h"
#include "cr/image/unsound.h"
#include "image.h"

#define PIPE_MAX (1U << 24)		/* bytes in one pipe */
#define PIPES_MAX (1U << 28)		/* in all: the kernel keeps 1 byte for 100 even if they are empty */

static void code(struct coder *c, struct open *o)
{
	code_u32(c, &o->pipe.pipe);
}

void code_pipe(struct coder *c, void *element)
{
	struct pipe *p = element;

	code_u32(c, &p->capacity);
	code_bool(c, &p->quiet);
	code_string(c, &p->path);
	code_i32(c, &p->mounts);
	code_blob(c, &p->bytes);
}

static bool sound(const struct image *image, uint32_t i)
{
	const struct open *o = &image->opens[i];

	return o->pipe.pipe < image->n_pipes && (o->kind == OPEN_FIFO) == !!image->pipes[o->pipe.pipe].path;
}

static int check(const struct image *image)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < image->n_pipes; i++) {
		const struct pipe *p = &image->pipes[i];

		sum += p->capacity;
		if (p->capacity > PIPE_MAX || sum > PIPES_MAX)
			return image_refuse("pipe", i, "a capacity of %u bytes is too much", p->capacity);
		if (p->bytes.size > p->capacity)
			return image_refuse("pipe", i, "%u bytes in a pipe for %u", p->bytes.size, p->capacity);
		if (!is_in_or_none(p->mounts, image->n_mountss))
			return image_refuse("pipe", i, "its mount namespace is not there");
		if (p->path && !is_absolute(p->path))
			return image_refuse("pipe", i, "a fifo without an absolute path");
	}
	return 0;
}

static void show(FILE *f, const struct image *image, const struct open *o, const char *path)
{
	fprintf(f, "%s %u with %u bytes in it", o->kind == OPEN_PIPE ? "pipe" : path, o->pipe.pipe,
		image->pipes[o->pipe.pipe].bytes.size);
}

const struct kind_image pipe_image = { .code = code, .sound = sound, .check = check, .show = show };
const struct kind_image fifo_image = { .code = code, .sound = sound, .show = show };
