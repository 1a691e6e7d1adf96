/* SPDX-License-Identifier: GPL-2.0 */
/* What the files that record descriptors share: files.c looks at each, and asks the others about their kinds. */
#ifndef RECORD_FILES_H
#define RECORD_FILES_H

#include <sys/stat.h>

#include "record.h"

/* What the kernel calls an open file description: where kcmp() finds it, and its inode. */
struct open_key {
	pid_t tid;
	int fd;
	dev_t dev;
	ino_t ino;
	int mount;
	uint32_t terminal;	/* its device; 0: it is none, or that of a master */
	const char *lost;	/* a terminal's: why its path leads to it no more; NULL: it does */
	unsigned int standard;	/* bit N: somebody in the tree has it as descriptor N, 0..2 */
};

/* A descriptor while it is looked at. */
struct look {
	const struct recorder *rec;
	const struct remote *r;
	int fd;
	int own;		/* the same open file description, opened here; -1: not yet, or it cannot be */
	struct stat st;
	int mount;		/* by way of which it was opened */
	char *path;		/* as /proc/PID/fd has it */
	unsigned int flags;
	uint64_t position;
	int32_t same_inode;	/* of a deleted file: the earlier one of image.opens that has it, or -1 */
};

/* A descriptor of another task, the same open file description, as one of ours; -1 with errno. */
int record_get_fd(pid_t tid, int fd);

/* Report what stands in the way of a descriptor, with task and pid; -1. */
int record_refuse_fd(const struct recorder *rec, pid_t tid, int fd, const char *path, const char *why);
int record_refuse(const struct look *l, const char *why);

/* By way of whose mounts its path leads to it: as record_way_to(). */
const char *record_find_way(const struct look *l, int32_t *mounts);

/* Does the descriptor's path still lead to it, and with whose mounts?  0, or -1 when reported. */
int record_check_path(const struct look *l, int32_t *mounts);

/* It was a regular file, and no name leads to it. */
bool record_is_deleted(const struct look *l);

/* Fill in the file of a deleted one: nobody else has it.  0, or -1 when reported. */
int record_deleted(const struct look *l, struct deleted_file *f);

/* Fill in kind and object.  0, or -1 when reported. */
int record_classify(struct recorder *rec, const struct look *l, struct open *o);
int record_pipe(struct recorder *rec, const struct look *l, struct open *o);
int record_terminal(struct recorder *rec, const struct look *l, struct open *o);

/* After all processes.  0, or -1 when reported. */
int record_pipes(struct recorder *rec);
int record_terminals(struct recorder *rec);
int record_outer_terminal(struct recorder *rec);

#endif
