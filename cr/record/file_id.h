/* SPDX-License-Identifier: GPL-2.0 */
/* The identity of a file, and the mount through which it was opened. */
#ifndef FILE_ID_H
#define FILE_ID_H

#include <stdbool.h>
#include <stdint.h>

struct file_id {
	uint32_t major, minor;		/* of its device */
	uint64_t ino;
	int mount;			/* the mount id, as in mountinfo */
	uint32_t mode;			/* this and the next line are not compared */
	uint64_t size, mtime_ns;
};

/* Get the identity of a path, relative to a directory; flags as for statx().  Returns 0, or -1 with errno. */
int file_id(struct file_id *id, int directory, const char *path, int flags);

/* Are they the same file through the same mount? */
static inline bool file_id_same(const struct file_id *a, const struct file_id *b)
{
	return a->major == b->major && a->minor == b->minor && a->ino == b->ino && a->mount == b->mount;
}

#endif
