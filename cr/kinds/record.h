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
	const struct task *task;	/* the task that has it */
	int fd;
	int own;			/* our own descriptor of the same open file description */
	struct stat st;
	char *path;			/* as /proc/PID/fd has it */
	char *info;			/* the text of /proc/PID/fdinfo/FD; below, what all kinds have there */
	unsigned int flags;
	uint64_t position;
	int mount;
	int32_t mounts;			/* mountss[] in which the path leads to it; -1: the caller's */
	const char *lost;		/* why the path no longer leads to it; NULL: it does, or it is not a path */
	int32_t same_file;		/* a pipe, a deleted file: an earlier opens[] with the same inode; or -1 */
};

/* Is it a regular file that no longer has a name? */
static inline bool look_is_deleted(const struct look *l)
{
	return S_ISREG(l->st.st_mode) && !l->st.st_nlink && !(l->flags & O_PATH);
}

/* Where each of opens[] was found, for decisions that need all of them. */
struct found {
	const struct task *task;
	int fd;
	dev_t dev;
	ino_t ino;
	int mount;
	unsigned int standard;		/* bit N: somebody in the tree has it as descriptor N, 0..2 */
	uint32_t terminal;		/* the device number of a terminal that is not a master; 0: it is none */
	const char *lost;		/* of a terminal: as in struct look */
};

/* What the kinds fill in. */
struct recording {
	struct image *image;
	struct found *found;		/* by opens[] */
};

/* All that return an int return 0, or -1 when they have reported what cannot be recorded. */
struct kind_record {
	/* Is it of this kind?  NULL: that is known only when all descriptors have been recorded. */
	bool (*is)(const struct look *l);

	/* Fill in kind, mounts and the kind's own fields of o, the last of opens[]. */
	int (*record)(struct recording *r, const struct look *l, struct open *o);

	/* Called when all descriptors of all processes have been recorded.  NULL: nothing to do. */
	int (*settle)(struct recording *r);
};

/* In the order in which is() and settle() are called; NULL is the last. */
extern const struct kind_record *const record_kinds[];

/* The entries of record_kinds[] in record_table.c. */
extern const struct kind_record regular_record, directory_record, device_record, pipe_record, pty_record, outside_record,
				place_record, eventfd_record;

/* Report why a descriptor cannot be recorded, with its task and path; returns -1. */
int refuse_fd(const struct task *t, int fd, const char *path, const char *why);
int refuse_look(const struct look *l, const char *why);
int refuse_found(const struct recording *r, uint32_t open, const char *why);

/* Duplicate a descriptor of another task: the same open file description.  Returns ours, or -1 with errno. */
int get_fd(const struct task *t, int fd);
int get_found(const struct recording *r, uint32_t open);

/*
 * Check that the path leads to it, since a restart opens it by the path, and set o->mounts.  Returns 0, or -1 when
 * refused.
 */
int record_path(const struct look *l, struct open *o);

#endif
