/* SPDX-License-Identifier: GPL-2.0 */
#ifndef POINTS_H
#define POINTS_H

#include "mount_view.h"

/*
 * The mounts of a task, the first one in its namespace: all but those on /proc, one by one the caller's; and those on
 * /proc.  0, or -1 when reported.
 */
int record_points(struct recorder *rec, const struct held *h, const struct mount_view *v, struct mounts *m);
int record_proc(struct recorder *rec, const struct held *h, const struct mount_view *v, struct mounts *m);

#endif
