// SPDX-License-Identifier: GPL-2.0
/*
 * Each kind of open file, as the format, the checks and --show need it.
 *
 * A new kind is a number and a struct in cr/image/open.h, a file here, and a line in each of the three tables, which are
 * image_table.c, record_table.c and rebuild_table.c: cr/README.md shows each step.  There are three tables because a
 * tool links only what it uses: checkpoint nothing of rebuild_table.c, and restart nothing of record_table.c.
 */
#include "image.h"

const struct kind_image *const image_kinds[OPEN_KINDS] = {
	[OPEN_REGULAR]    = &regular_image,
	[OPEN_DIRECTORY]  = &directory_image,
	[OPEN_DEVICE]     = &device_image,
	[OPEN_PIPE]       = &pipe_image,
	[OPEN_FIFO]       = &fifo_image,
	[OPEN_PTY_MASTER] = &pty_master_image,
	[OPEN_PTY_SLAVE]  = &pty_slave_image,
	[OPEN_OUTSIDE]    = &outside_image,
	[OPEN_PLACE]      = &place_image,
	[OPEN_EVENTFD]    = &eventfd_image,
};
