// SPDX-License-Identifier: GPL-2.0
/* Directories, by their names. */
#include "image.h"

static void code(struct coder *c, struct open *o)
{
	code_u64(c, &o->directory.position);
}

const struct kind_image directory_image = { .code = code };
