/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What new processes have of the restarting program's memory.  They are copies of it, and a copy costs the more the
 * larger the image is, for each of them.  So what they need is put into one block that all share, and the first of them
 * gives back the rest before it creates the others.
 */
#ifndef INHERIT_H
#define INHERIT_H

#include "create.h"

/* Pipes whose end is a signal: the new processes have the read ends. */
struct create_pipes {
	int die, zombies, stand_ins;
};

/* A mount that gets other flags; the last of a list has no point. */
struct remount {
	const char *point;
	uint32_t flags;
};

/* A mount namespace: what its first process does, and what its pid namespace's proc is. */
struct new_mounts {
	struct remount *remounts;
	const char *proc_source;
	uint32_t proc_flags;
};

struct new_pty {
	uint32_t index;			/* of /dev/pts/N: N */
	int mounts;			/* of the plan: where its master is opened; -1: the restarting program has it */
	int fd;				/* then its descriptor there */
	int inner_fd;			/* else that of the process that has opened it, which says so here; -1: none has */
};

struct inherited {
	const struct planned *planned;	/* the plan's */
	const struct uts *utss;		/* this and the next two as the plan's indices say */
	const struct new_mounts *mounts;
	struct new_pty *ptys;
	uint32_t n_ptys;
	struct share share;		/* window, areas and fills alone */
	struct create_pipes pipes;
	int pidfd, mem;			/* as in struct creation */
	bool clone3;

	pid_t *first;			/* the pid of the first process, by who creates it */
	void *block;			/* where the arrays of those are, and: */
	size_t size;
	struct { unsigned long start, end; } *unneeded;
	int n_unneeded;
};

/* Fill it in, in the restarting program.  0, or -1 when an error has been reported. */
int inherit(struct inherited *in, const struct creation *c, const struct create_pipes *pipes);

/*
 * In the first process's parent: from now on nothing that was allocated before is there, and nothing can be allocated.
 */
void inherit_nothing_else(const struct inherited *in);

/* In the restarting program: it needs the block no more. */
void inherit_done(struct inherited *in);

#endif
