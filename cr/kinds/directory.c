// SPDX-License-Identifier: GPL-2.0
/* Directories, by their names. */
#include "image.h"
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

const struct kind_image directory_image = { .code = code };
const struct kind_record directory_record = { .is = is, .record = record };
