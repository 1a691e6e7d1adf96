// SPDX-License-Identifier: GPL-2.0
/* Directories, opened by name. */
#include <unistd.h>

#include "image.h"
#include "rebuild.h"
#include "record.h"

static void code(struct coder *c, struct open *o)
{
	code_u64(c, &o->directory.position);
}

static bool is(const struct look *l)
{
	return S_ISDIR(l->st.st_mode);
}

static int record(struct recording *r, const struct look *l, struct open *o)
{
	(void)r;
	o->kind = OPEN_DIRECTORY;
	o->directory.position = l->position;
	return record_path(l, o);
}

static int open_again(const struct reopening *re, const struct open *o)
{
	int fd = reopen_named(re, o);

	if (fd < 0 || lseek(fd, o->directory.position, SEEK_SET) >= 0)
		return fd;
	reopen_failed(o, "set the position of");
	close(fd);
	return -1;
}

const struct kind_image directory_image = { .code = code };
const struct kind_record directory_record = { .is = is, .record = record };
const struct kind_rebuild directory_rebuild = { .open = open_again };
