/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Kinds of open files at a restart.  The restarting program opens each once, in the order of opens[]; the new processes
 * then get their descriptors from it, so that what was one open file description is one again.
 */
#ifndef KINDS_REBUILD_H
#define KINDS_REBUILD_H

#include <fcntl.h>

#include "cr/image/image.h"

/* What the caller wants in place of stdin, stdout and stderr that came from outside the tree. */
struct outside_options {
	const char *file[3];		/* NULL: see outside.c */
	bool foreground;		/* the tree gets the terminal */
	bool image_is_stdin;		/* the image was read from stdin: the tree does not get it */
};

/* What the kinds open again, and what they need for that. */
struct reopening {
	const struct image *image;
	struct outside_options options;

	/* Valid once the processes exist: */
	const int *mounts_root;		/* by mountss[]: descriptors of the root directories */
	const pid_t *mounts_first;	/* by mountss[]: the first process there */
	const int *inner_pty_fd;	/* by ptys[]: that process's descriptor of the master, if it opened it there */

	/* The kinds fill this in: descriptors of the restarting program; -1: none (yet). */
	int *open_fd;			/* by opens[] */
	int *pty_fd;			/* by ptys[]: masters */
	int outside_fd[3];		/* in place of stdin, stdout and stderr from outside */
	struct pipe_ends *ends;		/* by pipes[], while they are being opened */
};

/* All that return an int return -1 when they have reported an error. */
struct kind_rebuild {
	/* Prepare what must exist before there is any process.  Returns 0.  NULL: nothing. */
	int (*early)(struct reopening *re);

	/* Called when all processes exist, and before anything is opened.  Returns 0.  NULL: nothing to do. */
	int (*begin)(struct reopening *re);

	/* Open it.  Returns a descriptor, whose flags the caller sets.  NULL: it is inherited. */
	int (*open)(const struct reopening *re, const struct open *o);

	/* Called when all are open, or after a failure.  NULL: nothing to do. */
	void (*end)(struct reopening *re);
};

/* By enum open_kind. */
extern const struct kind_rebuild *const rebuild_kinds[];

/* The entries of rebuild_kinds[] in rebuild_table.c. */
extern const struct kind_rebuild regular_rebuild, directory_rebuild, device_rebuild, pipe_rebuild, fifo_rebuild,
				 pty_master_rebuild, pty_slave_rebuild, outside_rebuild, place_rebuild, eventfd_rebuild;

/* The recorded flags for open(), without those that must not act again and those that only fcntl() can set. */
static inline int reopen_flags(uint32_t flags)
{
	return (int)(flags & ~(unsigned int)(O_CREAT | O_EXCL | O_TRUNC | O_DIRECT | O_ASYNC)) | O_CLOEXEC | O_NOCTTY;
}

/* Open a path with exactly these flags, in a mount namespace of the tree, or in our own if mounts is -1. */
int reopen_path(const struct reopening *re, int32_t mounts, const char *path, int flags);

/* The same for an open file that is found by its path alone; -1 when reported. */
int reopen_named(const struct reopening *re, const struct open *o);

/* Open something that we have open again with other flags: a pipe, a file without a name.  -1 with errno. */
int reopen_fd(int fd, int flags);

/* Report with errno that `what' failed; returns -1. */
int reopen_failed(const struct open *o, const char *what);

#endif
