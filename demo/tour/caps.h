/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CAPS_H
#define CAPS_H

/*
 * Give up all capabilities of the calling task but one (a CAP_ number); 0, or -1
 * with errno.  musl has no wrapper for capset().
 */
int caps_keep_only(int cap);

/* Give up all. */
int caps_drop_all(void);

#endif
