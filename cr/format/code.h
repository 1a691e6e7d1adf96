/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What write.c and read.c share.  An image file is a line of text that says what it is, then a section for each element
 * of each list of the image, and an END that counts the sections.  A section has the tag of its list, its length and
 * its checksum.
 */
#ifndef IMAGE_CODE_H
#define IMAGE_CODE_H

#include "cr/image/coder.h"
#include "file.h"

struct image_list_info {
	char tag[5];			/* four characters */
	uint32_t max;			/* how many elements an image may have */
	void (*code)(struct coder *c, void *element);
};

/* The first line of the file, which ends with the version, and its size. */
#define IMAGE_VERSION 4
#define IMAGE_MAGIC_SIZE 24
extern const char image_magic[IMAGE_MAGIC_SIZE + 1];

/* The head of each section, IMAGE_HEAD_SIZE bytes in the file; and the tag of the last section. */
struct image_head {
	char tag[4];
	uint32_t length, checksum;		/* of what follows */
};
#define IMAGE_HEAD_SIZE 12
void image_code_head(struct coder *c, struct image_head *h);
extern const char image_end_tag[5];

extern const struct image_list_info image_lists[IMAGE_LISTS];

#endif
