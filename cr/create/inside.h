/* SPDX-License-Identifier: GPL-2.0 */
/* What a new process does for itself where nobody else can do it: its mounts, and the terminals behind them. */
#ifndef CREATE_INSIDE_H
#define CREATE_INSIDE_H

#include "inherit.h"

/* All of them return 0, or -1 with errno. */

/* Make the mounts of its mount namespace, if it is the first one there, and its pid namespace's /proc. */
int create_mounts(const struct inherited *in, const struct planned *p);

/* Open the masters of the terminals that are behind them, if it is the first one. */
int create_masters(const struct inherited *in, const struct planned *p);

/* Take, or give back, the controlling terminal. */
int create_take_terminal(const struct inherited *in, const struct planned *p);

#endif
