/* SPDX-License-Identifier: GPL-2.0 */
#ifndef IMAGE_CHECK_H
#define IMAGE_CHECK_H

#include "image.h"

/*
 * Can the task id, with those before it, be restarted?  Used for a tree that is
 * about to be recorded and for one that has been read: what one refuses, the
 * other never sees.  Returns NULL, or why not.
 */
const char *image_check_task(const struct image *image, int id);

#endif
