/* SPDX-License-Identifier: GPL-2.0 */
/* Why a task cannot be recorded, reported in the same way for every reason. */
#ifndef REFUSE_H
#define REFUSE_H

#include "lib/tree.h"

/*
 * Report `pid PID (NAME) cannot be recorded: its OBJECT: WHY'.  The pid is the one in the caller's /proc.  If object
 * is NULL, why is about the task itself.  Returns -1.
 */
int refuse(const struct task *t, const char *object, const char *why);

/* The same for an object that cannot be read; with errno's text, if errno is not 0. */
int refuse_unread(const struct task *t, const char *object);

/*
 * Room for the name of an object.  If it contains a path that is too long, its end is cut off, so that the reason is
 * still shown.
 */
#define OBJECT_SIZE 160

#endif
