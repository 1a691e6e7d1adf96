/* SPDX-License-Identifier: GPL-2.0 */
/* The image as a file, or as a stream: docs/image-format.md. */
#ifndef IMAGE_FILE_H
#define IMAGE_FILE_H

#include "cr/image/memory.h"

/*
 * An image that is being written: to a file without a name or, if the file system has no such files, with a temporary
 * name.  So an incomplete image never has the right name.
 */
struct image_writer {
	const char *path;
	char *temporary;	/* the temporary name; NULL: the image goes to stdout */
	bool named;		/* the file has its temporary name */
	bool takes_memory;	/* the file is on a file system in memory */
	int fd;
	uint32_t sections;
};

/*
 * Begin an image at path ("-": stdout); write elements, those of each list in order; give the file its name.  Each
 * function returns 0, or -1 when an error has been reported: then call image_discard().
 */
int image_create(struct image_writer *w, const char *path);
int image_put(struct image_writer *w, enum image_list list, const void *element);
int image_put_all(struct image_writer *w, const struct image *image);	/* all elements that are in memory */
int image_commit(struct image_writer *w);
void image_discard(struct image_writer *w);

/*
 * Read a whole image from path ("-": stdin), and check it with image_check().  Returns 0, or -1 when an error has been
 * reported: then nothing needs to be freed.
 */
int image_load(struct image *image, const char *path);

/* Free everything that the image owns. */
void image_free(struct image *image);

#endif
