/* SPDX-License-Identifier: GPL-2.0 */
/* What pty.c and pty_state.c share, and what others ask of terminals. */
#ifndef KINDS_PTY_H
#define KINDS_PTY_H

#include "cr/image/unsound.h"
#include "rebuild.h"
#include "record.h"

#define PTS_MAJOR 136

/* The index in image.ptys of the terminal with this device, that of its slave; -1: it is not in the tree. */
int pty_by_device(const struct image *image, uint32_t dev);

/*
 * Lock the terminals that were, when all that had them open have them: nobody can open them again.  -1 when reported.
 */
int pty_lock_all(const struct reopening *re);

/* pty_state.c: the terminal of a master, by way of these mounts; -1 when refused. */
int pty_read(const struct look *l, int32_t mounts, struct pty *p);

/* Give a new one, by its master, all but its lock.  -1 with errno. */
int pty_set(const struct reopening *re, int fd, const struct pty *p);

/* As in struct kind_image. */
int pty_check(const struct check *c);

#endif
