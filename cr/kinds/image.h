/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Kinds of open files in an image: what each is as bytes, whether a reader can believe it, how it is shown.  One
 * description of a kind's fields serves to write and to read: see coder.h.
 */
#ifndef KINDS_IMAGE_H
#define KINDS_IMAGE_H

#include <stdio.h>

#include "cr/image/coder.h"
#include "cr/image/unsound.h"

struct kind_image {
	/* Its fields in struct open, behind those that all kinds have.  NULL: it has none. */
	void (*code)(struct coder *c, struct open *o);

	/* Is all that opens[i] says of itself possible, and what it refers to there?  NULL: a path is all there is. */
	bool (*sound)(const struct image *image, uint32_t i);

	/* The same of what several can refer to.  0, or -1 when image_refuse() has reported it.  NULL: nothing. */
	int (*check)(const struct check *c);

	/* In words, without a line's end; path is fit to be printed.  NULL: the path says it. */
	void (*show)(FILE *f, const struct image *image, const struct open *o, const char *path);

	/* What its fields own.  NULL: nothing. */
	void (*free)(struct open *o);
};

/* By enum open_kind. */
extern const struct kind_image *const image_kinds[];

/* Elements of the lists that several kinds refer to. */
void code_pipe(struct coder *c, void *element);
void code_pty(struct coder *c, void *element);
void code_terminal(struct coder *c, void *element);

/* What image_table.c puts together. */
extern const struct kind_image regular_image, directory_image, device_image, pipe_image, fifo_image, pty_master_image,
			       pty_slave_image, outside_image, place_image, eventfd_image;

#endif
