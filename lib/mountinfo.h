/* SPDX-License-Identifier: GPL-2.0 */
/* The mounts of a mount namespace, as /proc/PID/mountinfo lists them. */
#ifndef MOUNTINFO_H
#define MOUNTINFO_H

#include <stdint.h>
#include <sys/types.h>

struct mount_line {
	int id, parent;			/* mount ids, as in fdinfo and statx(): unique on the machine */
	int order;			/* position in the file: of two on one point, the upper one is later */
	char *device, *root, *point, *options, *type, *source, *super;
	char *propagation;		/* "shared:2", "master:1", "unbindable"; "": it is private */
};

struct mount_table {
	char *text;			/* what the lines point to */
	int n;
	struct mount_line *line;	/* sorted by mount point; on one point from the lowest to the uppermost */
};

/* Read the mounts that the task can reach from its root directory.  Returns 0, or -1 with errno. */
int mountinfo_read(struct mount_table *t, pid_t pid);
void mountinfo_free(struct mount_table *t);

/* The index of the uppermost mount on a point, or of the mount with an id; -1: there is none. */
int mountinfo_top(const struct mount_table *t, const char *point);
int mountinfo_by_id(const struct mount_table *t, int id);

/* How many mounts are below it on the same point. */
int mountinfo_rank(const struct mount_table *t, int index);

/* Convert a mount's options to MS_* flags; -1 if mount() has no flag for one of them. */
int mountinfo_flags(const char *options, uint32_t *flags);

#endif
