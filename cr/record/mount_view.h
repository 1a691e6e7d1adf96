/* SPDX-License-Identifier: GPL-2.0 */
/* A mount namespace as a checkpoint sees it. */
#ifndef MOUNT_VIEW_H
#define MOUNT_VIEW_H

#include "lib/mountinfo.h"
#include "record.h"

/* The mounts of a namespace, and a descriptor of its root directory. */
struct mount_view {
	struct mount_table table;
	int root;
};

/* The view of mountss[mounts]; -1: the caller's, which comes first in the array. */
static inline const struct mount_view *view(const struct recorder *rec, int mounts)
{
	return &rec->views[1 + mounts];
}

#endif
