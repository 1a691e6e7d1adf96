/* SPDX-License-Identifier: GPL-2.0 */
#ifndef POINTS_H
#define POINTS_H

#include "mount_view.h"

/*
 * The mounts of the task tree.task[index], the first one in its namespace: all but those on /proc, one by one the
 * caller's; and those on /proc.  0, or -1 when reported.
 */
int record_points(struct recorder *rec, int index, const struct mount_view *v, struct mounts *m);
int record_proc(struct recorder *rec, int index, const struct mount_view *v, struct mounts *m);

#endif
