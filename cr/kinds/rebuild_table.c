// SPDX-License-Identifier: GPL-2.0
/*
 * Each kind of open file, as a restart needs it.
 *
 * A new kind is a number and a struct in cr/image/open.h, a file here, and a line in each of the three tables, which are
 * image_table.c, record_table.c and rebuild_table.c: cr/README.md shows each step.  There are three tables because a
 * tool links only what it uses: checkpoint nothing of rebuild_table.c, and restart nothing of record_table.c.
 */
#include "rebuild.h"

const struct kind_rebuild *const rebuild_kinds[OPEN_KINDS] = {
	[OPEN_REGULAR]    = &regular_rebuild,
	[OPEN_DIRECTORY]  = &directory_rebuild,
	[OPEN_DEVICE]     = &device_rebuild,
	[OPEN_PIPE]       = &pipe_rebuild,
	[OPEN_FIFO]       = &fifo_rebuild,
	[OPEN_PTY_MASTER] = &pty_master_rebuild,
	[OPEN_PTY_SLAVE]  = &pty_slave_rebuild,
	[OPEN_OUTSIDE]    = &outside_rebuild,
	[OPEN_PLACE]      = &place_rebuild,
	[OPEN_EVENTFD]    = &eventfd_rebuild,
};
