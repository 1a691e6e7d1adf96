/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SETTLE_H
#define SETTLE_H

#include "remote.h"

/*
 * A task has just been interrupted, and its registers are as found: do to them what the interruption should do, and
 * undo what it should not have done.  Before it is made to make calls.  0, or -1 with errno.
 */
int settle(struct remote *r);

#endif
