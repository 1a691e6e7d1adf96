// SPDX-License-Identifier: GPL-2.0
/* O_PATH: only a place in the file system, whatever kind of file is there. */
#include <fcntl.h>

#include "image.h"
#include "rebuild.h"
#include "record.h"

static bool is(const struct look *l)
{
	return l->flags & O_PATH;
}

static int record(struct recording *r, const struct look *l, struct open *o)
{
	(void)r;
	o->kind = OPEN_PLACE;
	return record_path(l, o);
}



const struct kind_image place_image = { .code = NULL };
const struct kind_record place_record = { .is = is, .record = record };
const struct kind_rebuild place_rebuild = { .open = reopen_named };
