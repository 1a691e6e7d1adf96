/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What new processes have of the restarting program's memory.  They are copies of it, and a copy costs the more the
 * larger the image is, for each of them.  So what they need is put into one block that all share, and the first of them
 * gives back the rest before it creates the others.
 */
#ifndef INHERIT_H
#define INHERIT_H

#include "create.h"

/* A mount that gets other flags; the last of a list has no point. */
struct remount {
	const char *point;
	uint32_t flags;
};

struct inherited {
	struct creation c;		/* its image and plan are these */
	struct image image;		/* tasks, utss, mountss and ptys alone */
	struct plan plan;
	struct share share;		/* window, areas and fills alone */
	struct restart_options options;
	struct remount **remounts;	/* by mountss[]: what its first process does */

	pid_t *first;			/* the pid of the first process, by who creates it */
	void *block;			/* where the arrays of those are, and: */
	size_t size;
	struct { unsigned long start, end; } *unneeded;
	int n_unneeded;
};

/* Fill it in, in the restarting program.  0, or -1 when an error has been reported. */
int inherit(struct inherited *in, const struct creation *c);

/* In the first process's parent: from now on nothing that was allocated before is there, and nothing can be allocated. */
void inherit_nothing_else(const struct inherited *in);

/* In the restarting program: it needs the block no more. */
void inherit_done(struct inherited *in);

#endif
