/* SPDX-License-Identifier: GPL-2.0 */
/* What pipe.c and pipe_state.c share. */
#ifndef KINDS_PIPE_H
#define KINDS_PIPE_H

#include "cr/image/unsound.h"
#include "rebuild.h"

/* Descriptors of ours of the ends of a pipe; -1: nobody in the tree has that end, or there is none yet. */
struct pipe_ends {
	int read, write;
};

/* Does somebody outside of the tree have the end that nobody in it has?  1 or 0, or -1 with errno. */
int pipe_leads_outside(const struct pipe_ends *e);

/* Fill in what is in the pipe, without taking it out.  NULL, or why that cannot be. */
const char *pipe_read(const struct pipe_ends *e, bool packets, struct pipe *p);

/* Make it again, with what was in it.  0, or -1 with errno; whatever is open then is in e. */
int pipe_make(const struct reopening *re, const struct pipe *p, struct pipe_ends *e);

/* As in struct kind_image. */
int pipe_check(const struct check *c);

#endif
