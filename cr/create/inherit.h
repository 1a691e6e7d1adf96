/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What new processes keep of the restarting program's memory.  Each is a copy of that program, and the larger the
 * image, the more each copy costs.  So we put what they need into one block that all share, and the first of them
 * unmaps the rest before it creates the others.
 */
#ifndef INHERIT_H
#define INHERIT_H

#include "create.h"

/* Pipes that signal by end of file: the new processes have the read ends. */
struct create_pipes {
	int die, zombies, stand_ins;
};

/* A mount whose flags change; the last of a list has no point. */
struct remount {
	const char *point;
	uint32_t flags;
};

/* A mount namespace: what its first process remounts, and how its pid namespace's proc is mounted. */
struct new_mounts {
	struct remount *remounts;
	const char *proc_source;
	uint32_t proc_flags;
};

struct new_pty {
	uint32_t index;			/* N of /dev/pts/N */
	int mounts;			/* mountss[] in which its master is opened; -1: the restarting program has it */
	int fd;				/* mounts -1: the restarting program's descriptor of the master */
	int inner_fd;			/* else that of the process that opens it, which sets this; -1: not yet */
};

struct inherited {
	const struct planned *planned;	/* the plan's */
	const struct uts *utss;		/* the plan has the indices for this and the next two */
	const struct new_mounts *mounts;
	struct new_pty *ptys;
	uint32_t n_ptys;
	struct share share;		/* only window, areas and fills */
	struct create_pipes pipes;
	int pidfd, mem;			/* as in struct creation */
	bool clone3;

	pid_t *first;			/* the pid of the first process, set by its creator */
	void *block;			/* contains all arrays above, and: */
	size_t size;
	struct { unsigned long start, end; } *unneeded;
	int n_unneeded;
};

/* Fill it in, in the restarting program.  Returns 0, or -1 when an error has been reported. */
int inherit(struct inherited *in, const struct creation *c, const struct create_pipes *pipes);

/*
 * In the first process's parent: unmap everything that was allocated before.  From now on nothing can be allocated.
 */
void inherit_nothing_else(const struct inherited *in);

/* In the restarting program: free the block. */
void inherit_done(struct inherited *in);

#endif
