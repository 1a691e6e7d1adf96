/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Kinds of open files in an image: how each is written and read, checked and shown.  One description of a kind's fields
 * serves both to write and to read: see coder.h.
 */
#ifndef KINDS_IMAGE_H
#define KINDS_IMAGE_H

#include <stdio.h>

#include "cr/image/coder.h"
#include "cr/image/unsound.h"

struct kind_image {
	/* Code the kind's own fields of struct open, after those that all kinds have.  NULL: it has none. */
	void (*code)(struct coder *c, struct open *o);

	/* Are the fields of opens[i] valid, and do the things that they refer to exist?  NULL: it has only a path. */
	bool (*sound)(const struct image *image, uint32_t i);

	/*
	 * The same for the objects to which several of opens[] can refer.  Returns 0, or -1 when image_refuse() has
	 * reported it.  NULL: nothing to check.
	 */
	int (*check)(const struct check *c);

	/* Describe it, without a newline; path is printable.  NULL: the path is enough. */
	void (*show)(FILE *f, const struct image *image, const struct open *o, const char *path);

	/* Free what its fields own.  NULL: nothing. */
	void (*free)(struct open *o);
};

/* By enum open_kind. */
extern const struct kind_image *const image_kinds[];

/* Code the elements of the lists to which several kinds refer. */
void code_pipe(struct coder *c, void *element);
void code_pty(struct coder *c, void *element);
void code_terminal(struct coder *c, void *element);

/* The entries of image_kinds[] in image_table.c. */
extern const struct kind_image regular_image, directory_image, device_image, pipe_image, fifo_image, pty_master_image,
			       pty_slave_image, outside_image, place_image, eventfd_image;

#endif
