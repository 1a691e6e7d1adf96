/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The bytes of an image that is being read.  A file is mapped, so that its pages are copied once, into the new tasks.  Of
 * a stream, each section is read into memory of its own.
 */
#ifndef SOURCE_H
#define SOURCE_H

#include "cr/image/image.h"

struct source {
	const char *path;	/* "-": stdin */
	int fd;
	uint32_t sections;	/* how many have been read: for messages */
	unsigned char *map;	/* the file; NULL: it is a stream */
	size_t at, end;		/* the next byte in it, and how many there are */
	uint64_t size, limit;	/* of a stream: bytes of all sections so far, and how many there may be in memory */
};

/* All of them return 0, or -1 when an error has been reported. */

int source_open(struct source *s, const char *path);
void source_close(struct source *s);

/*
 * Map the rest of it, if it is a file.  *whole becomes the mapping, which is the caller's to unmap, or has data NULL.  If
 * somebody cuts off the file while it is mapped, the program reports that and ends.
 */
int source_map(struct source *s, struct body *whole);

/* Copy the next bytes. */
int source_read(struct source *s, void *data, size_t size);

/*
 * Find the next bytes in the mapping; or read a stream's into *body, which is the caller's to unmap, also after an error,
 * and otherwise has data NULL.  *bytes becomes their address.
 */
int source_take(struct source *s, size_t size, unsigned char **bytes, struct body *body);

/*
 * Check that nothing follows the end.  On a pipe, this waits until the writer has closed it.  By then a checkpoint has
 * killed the tree, so a restart at the other end finds its pids free.
 */
int source_end(struct source *s);

#endif
