// SPDX-License-Identifier: GPL-2.0
/*
 * Each kind of open file, as a checkpoint needs it: the first kind that recognises a descriptor records it.
 *
 * A new kind is a number and a struct in cr/image/open.h, a file here, and a line in each of the three tables, which are
 * image_table.c, record_table.c and rebuild_table.c: cr/README.md shows each step.  There are three tables because a
 * tool links only what it uses: checkpoint nothing of rebuild_table.c, and restart nothing of record_table.c.
 */
#include <stddef.h>

#include "record.h"

const struct kind_record *const record_kinds[] = {
	&place_record,		/* whatever O_PATH leads to */
	&regular_record,
	&directory_record,
	&device_record,
	&pty_record,		/* all terminals, until it is settled which are outside */
	&pipe_record,		/* likewise */
	&outside_record,	/* recognises none; settled behind those two, as it has them then */
	&eventfd_record,
	NULL
};
