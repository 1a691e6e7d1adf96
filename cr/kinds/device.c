// SPDX-License-Identifier: GPL-2.0
/* Devices, opened by name: memory devices without state, and terminals outside the tree (pty.c finds out which). */
#include <unistd.h>
#include <sys/sysmacros.h>

#include "image.h"
#include "lib/report.h"
#include "rebuild.h"
#include "record.h"

static void code(struct coder *c, struct open *o)
{
	code_u32(c, &o->device.rdev);
}

/* Documentation/admin-guide/devices.txt: null, zero, full, random, urandom */
static bool is(const struct look *l)
{
	unsigned int which = minor(l->st.st_rdev);

	return S_ISCHR(l->st.st_mode) && major(l->st.st_rdev) == 1 &&
	       (which == 3 || which == 5 || which == 7 || which == 8 || which == 9);
}

static int record(struct recording *r, const struct look *l, struct open *o)
{
	(void)r;
	o->kind = OPEN_DEVICE;
	o->device.rdev = l->st.st_rdev;
	return record_path(l, o);
}

static int open_again(const struct reopening *re, const struct open *o)
{
	int fd = reopen_named(re, o);
	struct stat st;

	if (fd < 0)
		return -1;
	if (!fstat(fd, &st) && S_ISCHR(st.st_mode) && st.st_rdev == o->device.rdev)
		return fd;
	report(0, "`%s', which was open, is not the device that it was", o->path);
	close(fd);
	return -1;
}

const struct kind_image device_image = { .code = code };
const struct kind_record device_record = { .is = is, .record = record };
const struct kind_rebuild device_rebuild = { .open = open_again };
