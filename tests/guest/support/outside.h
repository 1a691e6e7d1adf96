/* SPDX-License-Identifier: GPL-2.0 */
/* What the kernel says of a tree in /proc, as text, so that it can be compared with what it said before. */
#ifndef RESTORED_OUTSIDE_H
#define RESTORED_OUTSIDE_H

#include <sys/types.h>

/*
 * Of all tasks below root, in the order of their pids: name, credentials, signals, limits, descriptors with what they
 * are, their positions and flags, directories, program.  To be freed.  What is another one each time, as the number of
 * a pipe, is left out.
 */
char *seen_from_outside(pid_t root);

/* fail() at the first line that differs; frees both. */
void seen_the_same(char *before, char *now);

#endif
