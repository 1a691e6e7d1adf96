/* SPDX-License-Identifier: GPL-2.0 */
#ifndef PTY_MASTER_H
#define PTY_MASTER_H

#include <stdint.h>

/*
 * Open the master of a new /dev/pts/N through the caller's mounts.  Returns a descriptor, or -1 with errno: EBUSY if N
 * is taken.
 */
int pty_master(uint32_t n);

#endif
