// SPDX-License-Identifier: GPL-2.0
/* Check what the processes refer to: open files, with the help of their kinds, and shared memory. */
#include "check.h"
#include "cr/kinds/image.h"

static bool open_sound(const struct image *image, uint32_t i)
{
	const struct open *o = &image->opens[i];

	if (o->kind >= OPEN_KINDS || !is_in_or_none(o->mounts, image->n_mountss))
		return false;
	return image_kinds[o->kind]->sound ? image_kinds[o->kind]->sound(image, i) : is_absolute(o->path);
}

static int check_opens(const struct check *c)
{
	const struct image *image = c->image;
	for (int kind = 0; kind < OPEN_KINDS; kind++)
		if (image_kinds[kind]->check && image_kinds[kind]->check(c))
			return -1;
	for (uint32_t i = 0; i < image->n_opens; i++)
		if (!open_sound(image, i))
			return image_refuse(c, "file", i, "what it refers to is not in the image, or of another kind");
	return 0;
}

static int check_shared(const struct check *c, uint32_t i)
{
	const struct shared_memory *s = &c->image->shared[i];
	uint64_t at = 0;

	if (!s->size || s->size >= TASK_END || s->size % PAGE_BYTES)
		return image_refuse(c, "shared memory", i, "its size is invalid");
	for (uint32_t n = 0; n < s->n_pages; n++) {
		const struct pages *pages = &s->pages[n];
		uint64_t end = (uint64_t)pages->start + pages->data.size;

		if (pages->start < at || end > s->size || !pages->data.size || (pages->start | pages->data.size) % PAGE_BYTES)
			return image_refuse(c, "shared memory", i, "its pages at 0x%x are not in it", pages->start);
		at = end;
	}
	return 0;
}

int image_check_objects(const struct check *c)
{
	const struct image *image = c->image;
	if (check_opens(c))
		return -1;
	for (uint32_t i = 0; i < image->n_shared; i++)
		if (check_shared(c, i))
			return -1;
	for (uint32_t i = 0; i < image->n_mapped; i++)
		if (!is_absolute(image->mapped[i].path) || !is_in_or_none(image->mapped[i].mounts, image->n_mountss))
			return image_refuse(c, "mapped file", i, "it has no absolute path, or no mount namespace");
	return 0;
}
