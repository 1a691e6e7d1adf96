/* SPDX-License-Identifier: GPL-2.0 */
/* What pipe.c and pipe_state.c share. */
#ifndef KINDS_PIPE_H
#define KINDS_PIPE_H

#include "cr/image/unsound.h"
#include "rebuild.h"

/* Our own descriptors of the ends of a pipe; -1: nobody in the tree has that end, or we have not opened it yet. */
struct pipe_ends {
	int read, write;
};

/* Does anybody outside the tree have the end that nobody in it has?  Returns 1 or 0, or -1 with errno. */
int pipe_leads_outside(const struct pipe_ends *e);

/* Copy the pipe's state and contents to *p without consuming them.  Returns NULL, or why that is impossible. */
const char *pipe_read(const struct pipe_ends *e, bool packets, struct pipe *p);

/* Create it again with its contents.  Returns 0, or -1 with errno; either way e has what is open. */
int pipe_make(const struct reopening *re, const struct pipe *p, struct pipe_ends *e);

/* As in struct kind_image. */
int pipe_check(const struct check *c);

#endif
