/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The image as a file: a line of text that says what it is, then sections, one for each element of each list of the
 * image, with its list's tag, its length and its checksum; an END that counts them.  This is what write.c and
 * read.c share.
 */
#ifndef IMAGE_CODE_H
#define IMAGE_CODE_H

#include "cr/image/coder.h"
#include "file.h"

struct image_list_info {
	char tag[5];			/* four characters */
	uint32_t max;			/* elements */
	void (*code)(struct coder *c, void *element);
};

/* The line of text in front, and how large it is; it ends with the version. */
#define IMAGE_VERSION 4
#define IMAGE_MAGIC_SIZE 24
extern const char image_magic[IMAGE_MAGIC_SIZE + 1];

/* What comes before each section, as bytes IMAGE_HEAD_SIZE long; and the tag of the last one. */
struct image_head {
	char tag[4];
	uint32_t length, checksum;		/* of what follows */
};
#define IMAGE_HEAD_SIZE 12
void image_code_head(struct coder *c, struct image_head *h);
extern const char image_end_tag[5];

extern const struct image_list_info image_lists[IMAGE_LISTS];

#endif
