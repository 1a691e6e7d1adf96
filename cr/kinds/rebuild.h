/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Kinds of open files at a restart.  The restarting program opens each once, in the order of opens[]; the new processes
 * then get their descriptors from it, so that what was one open file description is one again.
 */
#ifndef KINDS_REBUILD_H
#define KINDS_REBUILD_H

#include <fcntl.h>

#include "cr/image/image.h"

/* What its caller wants in place of what the tree had as stdin, stdout and stderr from outside. */
struct outside_options {
	const char *file[3];		/* NULL: see outside.c */
	bool foreground;		/* the tree gets the terminal */
	bool image_is_stdin;		/* the image was read from there: nothing is left of it for the tree */
};

/* All that kinds open again, and by what. */
struct reopening {
	const struct image *image;
	struct outside_options options;

	/* When the processes are there: */
	const int *mounts_root;		/* by mountss[]: descriptors of the root directories */
	const pid_t *mounts_first;	/* and the first process there */
	const int *inner_pty_fd;	/* by ptys[]: its descriptor of the master, if that was opened by its mounts */

	/* What kinds fill in: descriptors of the restarting program; -1: none (yet). */
	int *open_fd;			/* by opens[] */
	int *pty_fd;			/* by ptys[]: masters */
	int outside_fd[3];		/* in place of stdin, stdout and stderr from outside */
	struct pipe_ends *ends;		/* by pipes[], while they are opened */
};

/* All that return an int return -1 when they have reported an error. */
struct kind_rebuild {
	/* What has to be there before there is any process.  0.  NULL: nothing. */
	int (*early)(struct reopening *re);

	/* When all processes are there, and before anything is opened.  0.  NULL: nothing. */
	int (*begin)(struct reopening *re);

	/* A descriptor; its flags are then set by the caller.  NULL: it is inherited. */
	int (*open)(const struct reopening *re, const struct open *o);

	/* All are open, or will never be.  NULL: nothing to do. */
	void (*end)(struct reopening *re);
};

/* By enum open_kind. */
extern const struct kind_rebuild *const rebuild_kinds[];

/* What rebuild_table.c puts together. */
extern const struct kind_rebuild regular_rebuild, directory_rebuild, device_rebuild, pipe_rebuild, fifo_rebuild,
				 pty_master_rebuild, pty_slave_rebuild, outside_rebuild, place_rebuild, eventfd_rebuild;

/* For open(), of recorded flags: without what must not happen again, and what is not open()'s but fcntl()'s. */
static inline int reopen_flags(uint32_t flags)
{
	return (int)(flags & ~(unsigned int)(O_CREAT | O_EXCL | O_TRUNC | O_DIRECT | O_ASYNC)) | O_CLOEXEC | O_NOCTTY;
}

/* Open with exactly these flags what a path leads to, in a mount namespace of the tree; mounts -1: in our own. */
int reopen_path(const struct reopening *re, int32_t mounts, const char *path, int flags);

/* The same of what is opened by its name alone; -1 when reported. */
int reopen_named(const struct reopening *re, const struct open *o);

/* Open something that is open already, with other flags: an end of a pipe, a file without a name.  -1 with errno. */
int reopen_fd(int fd, int flags);

/* Report with errno that `what' could not be done to it; -1. */
int reopen_failed(const struct open *o, const char *what);

#endif
