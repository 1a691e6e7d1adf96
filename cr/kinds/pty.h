/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KINDS_PTY_H
#define KINDS_PTY_H

#include "cr/image/image.h"

#define PTS_MAJOR 136

/* The index in image.ptys of the terminal with this device, that of its slave; -1: it is not in the tree. */
int pty_by_device(const struct image *image, uint32_t dev);

#endif
