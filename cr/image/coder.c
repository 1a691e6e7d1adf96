// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "coder.h"
#include "lib/free_memory.h"
#include "lib/grow.h"
#include "memory.h"

void coder_fail(struct coder *c, const char *error)
{
	if (!c->error)
		c->error = error;
}

/* Make room for n more bytes to write.  The buffer doubles, so that a long section is not copied at every step. */
static bool make_room(struct coder *c, size_t n)
{
	size_t size = c->size ? c->size : 4096;
	unsigned char *buf;

	while (size - c->at < n)
		size *= 2;
	if (size == c->size)
		return true;
	buf = memory_admit(size - c->size) ? realloc(c->buf, size) : NULL;
	if (!buf) {
		coder_fail(c, "out of memory");
		return false;
	}
	c->buf = buf;
	c->size = size;
	return true;
}

void code_bytes(struct coder *c, void *p, size_t n)
{
	if (c->error || !n)
		return;
	if (c->reading) {
		if (n > c->size - c->at) {
			coder_fail(c, "it ends too early");
			return;
		}
		memcpy(p, c->buf + c->at, n);
	} else {
		if (!make_room(c, n))
			return;
		memcpy(c->buf + c->at, p, n);
	}
	c->at += n;
}

/* Code a number, least significant byte first on every machine. */
static void code_number(struct coder *c, uint64_t *v, size_t n)
{
	unsigned char bytes[8] = { 0 };

	for (size_t i = 0; i < n; i++)
		bytes[i] = *v >> 8 * i;
	code_bytes(c, bytes, n);
	if (c->error || !c->reading)
		return;
	*v = 0;
	for (size_t i = 0; i < n; i++)
		*v |= (uint64_t)bytes[i] << 8 * i;
}

#define CODE_NUMBER(name, type) \
void name(struct coder *c, type *v) \
{ \
	uint64_t wide = *v; \
	\
	code_number(c, &wide, sizeof(*v)); \
	*v = wide; \
}

CODE_NUMBER(code_u16, uint16_t)
CODE_NUMBER(code_u32, uint32_t)
CODE_NUMBER(code_u64, uint64_t)
CODE_NUMBER(code_i32, int32_t)
CODE_NUMBER(code_i64, int64_t)

void code_bool(struct coder *c, bool *v)
{
	unsigned char byte = *v;

	code_bytes(c, &byte, 1);
	if (byte > 1)
		coder_fail(c, "neither yes nor no");
	*v = byte;
}

void code_u32s(struct coder *c, uint32_t *v, size_t n)
{
	while (n--)
		code_u32(c, v++);
}

void code_name(struct coder *c, char *name, size_t max)
{
	uint32_t length = c->reading ? 0 : strlen(name);

	code_u32(c, &length);
	if (length >= max)
		coder_fail(c, "a name is too long");
	if (c->error)
		return;
	code_bytes(c, name, length);
	name[length] = 0;
	if (strlen(name) != length)
		coder_fail(c, "a 0 in a name");
}

void code_string(struct coder *c, char **s)
{
	char text[PATH_SIZE] = "";
	bool there = *s;

	code_bool(c, &there);
	if (c->error || !there)
		return;
	if (!c->reading) {
		code_name(c, *s, PATH_SIZE);
		return;
	}
	code_name(c, text, sizeof(text));
	if (c->error)
		return;
	*s = strdup(text);
	if (!*s)
		coder_fail(c, "out of memory");
}

void code_blob(struct coder *c, struct blob *b)
{
	uint32_t size = b->size;

	code_u32(c, &size);
	if (c->error || !size)
		return;
	if (c->reading) {
		if (size > c->size - c->at) {
			coder_fail(c, "it ends too early");
			return;
		}
		if (blob_alloc(b, size)) {
			coder_fail(c, "out of memory");
			return;
		}
	}
	code_bytes(c, b->data, size);
}

void code_blob_in_place(struct coder *c, struct blob *b)
{
	uint32_t size = b->size;
	struct inserted *larger;

	code_u32(c, &size);
	if (c->error || !size)
		return;
	if (c->reading) {
		if (size > c->size - c->at) {
			coder_fail(c, "it ends too early");
			return;
		}
		*b = (struct blob){ size, c->buf + c->at };
		c->at += size;
		return;
	}
	larger = grow(c->inserted, c->n_inserted, sizeof(*larger));
	if (!larger) {
		coder_fail(c, "out of memory");
		return;
	}
	c->inserted = larger;
	c->inserted[c->n_inserted++] = (struct inserted){ c->at, *b };
}

struct iovec *coder_parts(const struct coder *c, size_t *n)
{
	struct iovec *part = malloc((2 * c->n_inserted + 2) * sizeof(*part)), *next = part;
	size_t at = 0;

	if (!part)
		return NULL;
	*n = 2 * c->n_inserted + 1;
	*next++ = (struct iovec){ 0 };
	for (uint32_t i = 0; i < c->n_inserted; i++) {
		const struct inserted *in = &c->inserted[i];

		*next++ = (struct iovec){ c->buf + at, in->at - at };
		*next++ = (struct iovec){ in->data.data, in->data.size };
		at = in->at;
	}
	*next = (struct iovec){ c->buf + at, c->at - at };
	return part;
}

void coder_free(struct coder *c)
{
	free(c->buf);
	free(c->inserted);
	*c = (struct coder){ 0 };
}

void code_array(struct coder *c, uint32_t *n, void **array, size_t size, uint32_t max, size_t least,
		void (*code_element)(struct coder *c, void *element))
{
	uint32_t count = *n;

	code_u32(c, &count);
	if (c->error)
		return;
	if (count > max)
		coder_fail(c, "a list is too long");
	else if (c->reading && count > (c->size - c->at) / least)
		coder_fail(c, "a list is longer than what follows");
	if (c->error || !count)
		return;
	if (c->reading) {
		*array = calloc(count, size);
		if (!*array) {
			coder_fail(c, "out of memory");
			return;
		}
		*n = count;
	}
	for (uint32_t i = 0; i < count && !c->error; i++)
		code_element(c, (char *)*array + i * size);
}
