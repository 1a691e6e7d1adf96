/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Values to bytes and back: little-endian, without padding.
 *
 * One function describes each structure of the image, and the coder's direction says whether it writes or reads.  So
 * writing and reading cannot drift apart.  A coder that has failed does nothing more, so callers check once, at the
 * end.
 */
#ifndef CODER_H
#define CODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/uio.h>

#include "image.h"

/* Bytes that are written from where they are, in front of buf[at]. */
struct inserted {
	size_t at;
	struct blob data;
};

struct coder {
	bool reading;
	unsigned char *buf;	/* writing: grows; reading: not the coder's */
	size_t at, size;	/* the next byte; reading: how many bytes there are; writing: how many have room */
	const char *error;	/* the first error; NULL: none yet */
	uint32_t n_inserted;	/* writing */
	struct inserted *inserted;
};

/*
 * What has been written, as n parts, behind one that is left for the caller's own use.  They are valid until the coder is
 * used again, and the caller frees the array.  NULL: out of memory.
 */
struct iovec *coder_parts(const struct coder *c, size_t *n);

/* Free what a coder has written. */
void coder_free(struct coder *c);

/* Set the error, unless there is one already. */
void coder_fail(struct coder *c, const char *error);

void code_u16(struct coder *c, uint16_t *v);
void code_u32(struct coder *c, uint32_t *v);
void code_u64(struct coder *c, uint64_t *v);
void code_i32(struct coder *c, int32_t *v);
void code_i64(struct coder *c, int64_t *v);
void code_bool(struct coder *c, bool *v);		/* anything but 0 and 1 is an error */
void code_bytes(struct coder *c, void *p, size_t n);
void code_u32s(struct coder *c, uint32_t *v, size_t n);

/* A name of at most max - 1 characters, none of them 0. */
void code_name(struct coder *c, char *name, size_t max);
/* NULL or a string of less than PATH_SIZE characters; reading allocates it. */
void code_string(struct coder *c, char **s);
/* Reading allocates the data, after a check that so many bytes are there. */
void code_blob(struct coder *c, struct blob *b);
/*
 * The same bytes, but none is copied: reading sets the blob to where they are in buf, and what is written must stay where
 * it is until the coder is freed.
 */
void code_blob_in_place(struct coder *c, struct blob *b);

/*
 * A counted array: the count, at most max; reading allocates the elements, zeroed, and then each is coded by
 * code_element.  element is the smallest size of one element in bytes, so that an impossible count is refused before
 * anything is allocated.
 */
void code_array(struct coder *c, uint32_t *n, void **array, size_t size, uint32_t max, size_t least,
		void (*code_element)(struct coder *c, void *element));

/* The same for the array `name' of a struct that has its count in n_name. */
#define CODE_ARRAY(c, s, name, max, least, code) \
	code_array(c, &(s)->n_##name, (void **)&(s)->name, sizeof(*(s)->name), max, least, code)

#define LIST_MAX 65536		/* of an array that has no other bound */

#endif
