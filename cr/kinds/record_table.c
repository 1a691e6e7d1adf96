// SPDX-License-Identifier: GPL-2.0
#include <stddef.h>

#include "record.h"

const struct kind_record *const record_kinds[] = {
	&place_record,		/* whatever O_PATH leads to */
	&regular_record,
	&directory_record,
	&device_record,
	&pty_record,		/* and which terminals are outside; before it is known which of those there are */
	&pipe_record,		/* and which pipes lead outside */
	&outside_record,
	&eventfd_record,
	NULL
};
