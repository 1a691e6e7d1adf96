// SPDX-License-Identifier: GPL-2.0
/* Eventfds: a counter that the holders of the descriptor increase and wait for. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/eventfd.h>

#include "image.h"
#include "lib/procfs.h"
#include "rebuild.h"
#include "record.h"

static void code(struct coder *c, struct open *o)
{
	code_u64(c, &o->eventfd.counter);
	code_bool(c, &o->eventfd.semaphore);
}

/* The greatest value of the kernel's counter is ULLONG_MAX - 1. */
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

static bool is(const struct look *l)
{
	return !strcmp(l->path, "anon_inode:[eventfd]");
}

static int record(struct recording *r, const struct look *l, struct open *o)
{
	const char *count = procfs_value(l->info, "eventfd-count"), *semaphore = procfs_value(l->info, "eventfd-semaphore");

	(void)r;
	if (!count || !semaphore)
		return refuse_look(l, "its count cannot be read");
	o->kind = OPEN_EVENTFD;
	o->eventfd = (struct open_eventfd){ .counter = strtoull(count, NULL, 16), .semaphore = *semaphore == '1' };
	return 0;
}

static int open_again(const struct reopening *re, const struct open *o)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK | (o->eventfd.semaphore ? EFD_SEMAPHORE : 0));

	(void)re;
	if (fd >= 0 && (!o->eventfd.counter || write(fd, &o->eventfd.counter, 8) == 8))
		return fd;
	reopen_failed(o, "recreate");
	if (fd >= 0)
		close(fd);
	return -1;
}

const struct kind_image eventfd_image = { .code = code, .sound = sound, .show = show };
const struct kind_record eventfd_record = { .is = is, .record = record };
const struct kind_rebuild eventfd_rebuild = { .open = open_again };
