/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CAPS_H
#define CAPS_H

/*
 * Drop all capabilities of the calling task except one (a CAP_ number).  Returns 0, or -1 with errno.  musl has no
 * wrapper for capset().
 */
int caps_keep_only(int cap);

/* Drop all of them. */
int caps_drop_all(void);

#endif
