/* SPDX-License-Identifier: GPL-2.0 */
/* Kinds of open files at a checkpoint: which kind a descriptor is, and what the image records of it. */
#ifndef KINDS_RECORD_H
#define KINDS_RECORD_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "cr/image/image.h"
#include "lib/tree.h"

/* A descriptor that is being recorded. */
struct look {
	const struct task *task;	/* who has it */
	int fd;
	int own;			/* the same open file description, as a descriptor of ours */
	struct stat st;
	char *path;			/* as /proc/PID/fd has it */
	char *info;			/* the text of /proc/PID/fdinfo/FD, and what all kinds have there: */
	unsigned int flags;
	uint64_t position;
	int mount;
	int32_t mounts;			/* mountss[] by whose mounts the path leads to it again; -1: the caller's */
	const char *lost;		/* why the path does not lead to it any more; NULL: it does, or it is not a path */
	int32_t same_file;		/* a pipe, a deleted file: an earlier one of opens[] with the same inode, or -1 */
};

/* A regular file that no name leads to any more. */
static inline bool look_is_deleted(const struct look *l)
{
	return S_ISREG(l->st.st_mode) && !l->st.st_nlink && !(l->flags & O_PATH);
}

/* Where each of opens[] was found: for what is known when all are. */
struct found {
	const struct task *task;
	int fd;
	dev_t dev;
	ino_t ino;
	int mount;
	unsigned int standard;		/* bit N: somebody in the tree has it as descriptor N, 0..2 */
	uint32_t terminal;		/* a terminal, but not of a master: its device; 0: it is none */
	const char *lost;		/* a terminal: as in struct look */
};

/* What kinds fill. */
struct recording {
	struct image *image;
	struct found *found;		/* by opens[] */
};

/* All return 0, or -1 when they have reported what cannot be recorded. */
struct kind_record {
	/* Is it of this kind?  NULL: that is only known when all descriptors are. */
	bool (*is)(const struct look *l);

	/* Fill in kind, mounts and the kind's fields of the last of opens[]. */
	int (*record)(struct recording *r, const struct look *l, struct open *o);

	/* Called when all descriptors of all processes are recorded.  NULL: nothing to do. */
	int (*settle)(struct recording *r);
};

/* In the order in which they are asked, and settled; NULL is the last. */
extern const struct kind_record *const record_kinds[];

/* What record_table.c puts together. */
extern const struct kind_record regular_record, directory_record, device_record, pipe_record, pty_record, outside_record,
				place_record, eventfd_record;

/* Report why a descriptor cannot be recorded, with its task and path; returns -1. */
int refuse_fd(const struct task *t, int fd, const char *path, const char *why);
int refuse_look(const struct look *l, const char *why);
int refuse_found(const struct recording *r, uint32_t open, const char *why);

/* A descriptor of another task, the same open file description, as one of ours; -1 with errno. */
int get_fd(const struct task *t, int fd);
int get_found(const struct recording *r, uint32_t open);

/*
 * Check that its path leads to it, since a restart opens it by the path; o gets the mounts.  Returns 0, or -1 when
 * refused.
 */
int record_path(const struct look *l, struct open *o);

#endif
