// SPDX-License-Identifier: GPL-2.0
/* O_PATH: no more than a place in the file system, whatever is there. */
#include "image.h"

const struct kind_image place_image = { .code = NULL };
