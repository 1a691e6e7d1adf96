// SPDX-License-Identifier: GPL-2.0
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
