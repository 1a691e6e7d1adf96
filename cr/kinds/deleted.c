// SPDX-License-Identifier: GPL-2.0
/*
 * A file that has no name any more: nobody else has what is in it.  Its holes stay holes: what is read are the extents
 * that the file system says are there.
 */
#include <stdlib.h>

#include "cr/image/memory.h"
#include "deleted.h"

#define NS_PER_S 1000000000U

static void code_extent(struct coder *c, void *element)
{
	struct extent *e = element;

	code_u64(c, &e->start);
	code_blob(c, &e->data);
}

void code_deleted_file(struct coder *c, struct deleted_file *f)
{
	code_u32(c, &f->uid);
	code_u32(c, &f->gid);
	code_u32(c, &f->mode);
	code_i64(c, &f->atime);
	code_u32(c, &f->atime_ns);
	code_i64(c, &f->mtime);
	code_u32(c, &f->mtime_ns);
	CODE_ARRAY(c, f, extents, LIST_MAX, 12, code_extent);
}

/* Extents in order, within the file. */
bool deleted_sound(const struct open_regular *r)
{
	const struct deleted_file *f = &r->file;
	uint64_t at = 0;

	for (uint32_t i = 0; i < f->n_extents; i++) {
		const struct extent *e = &f->extents[i];

		if (e->start < at || !e->data.size || e->start > r->size || e->data.size > r->size - e->start)
			return false;
		at = e->start + e->data.size;
	}
	return r->size <= INT64_MAX && f->uid != ~0U && f->gid != ~0U && f->mode <= 07777 && f->atime_ns < NS_PER_S &&
	       f->mtime_ns < NS_PER_S;
}

void deleted_free(struct deleted_file *f)
{
	for (uint32_t i = 0; i < f->n_extents; i++)
		blob_free(&f->extents[i].data);
	free(f->extents);
}
