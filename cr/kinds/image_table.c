// SPDX-License-Identifier: GPL-2.0
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
