/* SPDX-License-Identifier: GPL-2.0 */
#ifndef POINTS_H
#define POINTS_H

#include "mount_view.h"

/*
 * Record the mounts of a task that is the first one in its mount namespace.  record_points(): all mounts not on /proc,
 * each of which must be one of the caller's.  record_proc(): those on /proc.  Both return 0, or -1 when reported.
 */
int record_points(struct recorder *rec, const struct held *h, const struct mount_view *v, struct mounts *m);
int record_proc(struct recorder *rec, const struct held *h, const struct mount_view *v, struct mounts *m);

#endif
