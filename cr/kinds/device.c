// SPDX-License-Identifier: GPL-2.0
/* Devices, by their names: memory that has no state, and terminals outside of the tree. */
#include "image.h"

static void code(struct coder *c, struct open *o)
{
	code_u32(c, &o->device.rdev);
}

const struct kind_image device_image = { .code = code };
