/* SPDX-License-Identifier: GPL-2.0 */
/* Mount namespaces as a checkpoint looks at them. */
#ifndef RECORD_MOUNTS_H
#define RECORD_MOUNTS_H

#include "lib/mountinfo.h"
#include "record.h"

/* The mounts of a namespace, and a descriptor of its root directory. */
struct mount_view {
	struct mount_table table;
	int root;
};

/* That of a namespace is [1 + its index in image.mountss]: the caller's, which is -1, comes first. */
static inline const struct mount_view *view(const struct recorder *rec, int mounts)
{
	return &rec->views[1 + mounts];
}

/*
 * The mounts of the task tree.task[index], the first one in its namespace: all but those on /proc, one by one the
 * caller's; and those on /proc.  0, or -1 when reported.
 */
int record_points(struct recorder *rec, int index, const struct mount_view *v, struct mounts *m);
int record_proc(struct recorder *rec, int index, const struct mount_view *v, struct mounts *m);

#endif
