// SPDX-License-Identifier: GPL-2.0
/* Eventfds: a counter, which whoever has the descriptor adds to and waits for. */
#include <inttypes.h>

#include "image.h"

static void code(struct coder *c, struct open *o)
{
	code_u64(c, &o->eventfd.counter);
	code_bool(c, &o->eventfd.semaphore);
}

/* The kernel's counter ends one below. */
static bool sound(const struct image *image, uint32_t i)
{
	return image->opens[i].eventfd.counter < UINT64_MAX;
}

static void show(FILE *f, const struct image *image, const struct open *o, const char *path)
{
	(void)image;
	(void)path;
	fprintf(f, "%s at %" PRIu64, o->eventfd.semaphore ? "semaphore of eventfd()" : "eventfd", o->eventfd.counter);
}

const struct kind_image eventfd_image = { .code = code, .sound = sound, .show = show };
