/* SPDX-License-Identifier: GPL-2.0 */
/* What pty.c and pty_state.c share, and what others ask of terminals. */
#ifndef KINDS_PTY_H
#define KINDS_PTY_H

#include "cr/image/unsound.h"
#include "rebuild.h"
#include "record.h"

#define PTS_MAJOR 136

/* The index in image.ptys of the terminal whose slave has this device number; -1: it is not in the tree. */
int pty_by_device(const struct image *image, uint32_t dev);

/*
 * Lock the terminals that were locked, once every task has opened them again: a locked slave cannot be opened.  Returns
 * 0, or -1 when reported.
 */
int pty_lock_all(const struct reopening *re);

/* Record the terminal of a master that was opened through these mounts; -1 when refused.  pty_state.c */
int pty_read(const struct look *l, int32_t mounts, struct pty *p);

/* Restore the state of a new terminal through its master, except its lock.  Returns 0, or -1 with errno. */
int pty_set(const struct reopening *re, int fd, const struct pty *p);

/* As in struct kind_image. */
int pty_check(const struct check *c);

#endif
