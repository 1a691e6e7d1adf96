// SPDX-License-Identifier: GPL-2.0
/* Open file descriptions: the restarting program opens each once, through its kind: cr/kinds. */
#include <fcntl.h>

#include "rebuild.h"

int rebuild_opens_early(struct builder *b)
{
	for (int kind = 0; kind < OPEN_KINDS; kind++)
		if (rebuild_kinds[kind]->early && rebuild_kinds[kind]->early(&b->open))
			return -1;
	return 0;
}

static int open_all(struct reopening *re)
{
	for (int kind = 0; kind < OPEN_KINDS; kind++)
		if (rebuild_kinds[kind]->begin && rebuild_kinds[kind]->begin(re))
			return -1;
	for (uint32_t i = 0; i < re->image->n_opens; i++) {
		const struct open *o = &re->image->opens[i];

		if (!rebuild_kinds[o->kind]->open)
			continue;
		re->open_fd[i] = rebuild_kinds[o->kind]->open(re, o);
		if (re->open_fd[i] < 0)
			return -1;
		/* What is only a place has no flags that could be set. */
		if (!(o->flags & O_PATH) && fcntl(re->open_fd[i], F_SETFL, o->flags & ~(unsigned int)O_ACCMODE))
			return reopen_failed(o, "set the flags of");
	}
	return 0;
}

int rebuild_opens(struct builder *b)
{
	int ret = open_all(&b->open);

	for (int kind = 0; kind < OPEN_KINDS; kind++)
		if (rebuild_kinds[kind]->end)
			rebuild_kinds[kind]->end(&b->open);
	return ret;
}
