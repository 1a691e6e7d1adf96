/* SPDX-License-Identifier: GPL-2.0 */
/* The image as a file, or as a stream: docs/image-format.md. */
#ifndef IMAGE_FILE_H
#define IMAGE_FILE_H

#include "cr/image/memory.h"

/*
 * An image that is being written: to a file without a name, or with a temporary one where a file system has no such
 * files, so that nothing half written has the right one.
 */
struct image_writer {
	const char *path;
	char *temporary;	/* NULL: the stream is stdout */
	bool named;		/* the file has its temporary name */
	bool takes_memory;	/* it is on a file system in memory */
	int fd;
	uint32_t sections;
};

/*
 * Begin an image at path, "-" for stdout; then write elements, those of each list in order; then give it its name.
 * Each returns 0, or -1 when an error has been reported: then discard it.
 */
int image_create(struct image_writer *w, const char *path);
int image_put(struct image_writer *w, enum image_list list, const void *element);
int image_put_all(struct image_writer *w, const struct image *image);	/* all elements that are in memory */
int image_commit(struct image_writer *w);
void image_discard(struct image_writer *w);

/*
 * Read an image from path, "-" for stdin, whole, and check it: image_check().  0, or -1 when an error has been
 * reported; nothing needs to be freed then.
 */
int image_load(struct image *image, const char *path);

/* Free all that it owns. */
void image_free(struct image *image);

#endif
