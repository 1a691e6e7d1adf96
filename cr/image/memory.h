/* SPDX-License-Identifier: GPL-2.0 */
/* Allocate and free the parts of an image. */
#ifndef IMAGE_MEMORY_H
#define IMAGE_MEMORY_H

#include "image.h"

/* The lists of struct image. */
enum image_list {
	IMAGE_TASK, IMAGE_UTS, IMAGE_MOUNTS, IMAGE_THREAD, IMAGE_MAPPED, IMAGE_PIPE, IMAGE_PTY, IMAGE_TERMINAL,
	IMAGE_OPEN, IMAGE_SHARED, IMAGE_PROCESS, IMAGE_LISTS
};

/* How many elements a list has; its i-th element. */
uint32_t image_count(const struct image *image, enum image_list list);
const void *image_element(const struct image *image, enum image_list list, uint32_t i);

/* Append a zeroed element.  Valid until the next one is appended, which may move it.  NULL: out of memory. */
void *image_append(struct image *image, enum image_list list);

/* Allocate the bytes of a blob, not zeroed.  Returns 0, or -1: out of memory. */
int blob_alloc(struct blob *b, uint32_t size);
void blob_free(struct blob *b);

void process_free(struct process *p);	/* only what it owns, which its pages are not */

/* The page that a process has at this address in its own pages[], not borrowed; NULL: there is none. */
unsigned char *process_page(const struct process *p, uint32_t address);

#endif
