/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SETTLE_H
#define SETTLE_H

#include "remote.h"

/*
 * Fix the registers of a task that has just been interrupted: do what the interruption should have done, and undo what
 * it should not have done.  Call this before any system call is injected.  Returns 0, or -1 with errno.
 */
int settle(struct remote *r);

#endif
