/* SPDX-License-Identifier: GPL-2.0 */
/* Which file it is, and by way of which mount somebody holds it. */
#ifndef FILE_ID_H
#define FILE_ID_H

#include <stdbool.h>
#include <stdint.h>

struct file_id {
	uint32_t major, minor;		/* of its device */
	uint64_t ino;
	int mount;			/* as mountinfo numbers it */
	uint32_t mode;			/* these are not compared */
	uint64_t size, mtime_ns;
};

/* Of a path, from a directory; flags are those of statx().  0, or -1 with errno. */
int file_id(struct file_id *id, int directory, const char *path, int flags);

/* The same file, by way of the same mount. */
static inline bool file_id_same(const struct file_id *a, const struct file_id *b)
{
	return a->major == b->major && a->minor == b->minor && a->ino == b->ino && a->mount == b->mount;
}

#endif
