/* SPDX-License-Identifier: GPL-2.0 */
/* Why a task cannot be recorded, said the same way of whatever stands in the way. */
#ifndef REFUSE_H
#define REFUSE_H

#include "lib/tree.h"

/*
 * Report `pid PID (NAME) cannot be recorded: its OBJECT: WHY'.  The pid is the one that the caller sees in /proc.  object
 * may be NULL: then why says of the task itself what it is or has.  Returns -1.
 */
int refuse(const struct task *t, const char *object, const char *why);

/* The same of what cannot be read; with errno's text, if it is not 0. */
int refuse_unread(const struct task *t, const char *object);

/* Room for an object.  Of one with a path that is too long to be shown it holds the beginning, so that the reason is. */
#define OBJECT_SIZE 160

#endif
