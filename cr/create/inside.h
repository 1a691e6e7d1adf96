/* SPDX-License-Identifier: GPL-2.0 */
/* What a new process must do itself because nobody else can: its mounts, and the terminals that it opens there. */
#ifndef CREATE_INSIDE_H
#define CREATE_INSIDE_H

#include "inherit.h"

/* All of them return 0, or -1 with errno. */

/* If it is the first process of its mount namespace, set up the mounts.  Mount its pid namespace's /proc. */
int create_mounts(const struct inherited *in, const struct planned *p);

/* If it is the first process of its mount namespace, open the masters of the terminals that were opened there. */
int create_masters(const struct inherited *in, const struct planned *p);

/* Take the controlling terminal, or give up the inherited one. */
int create_take_terminal(const struct inherited *in, const struct planned *p);

#endif
