/* SPDX-License-Identifier: GPL-2.0 */
/* What /proc says about a tree, as text: to compare a restarted tree with the recorded one. */
#ifndef RESTORED_OUTSIDE_H
#define RESTORED_OUTSIDE_H

#include <sys/types.h>

/*
 * Describe root and all tasks below it, in the order of the tree: name, credentials, signals, limits, descriptors (with
 * what they refer to, position and flags), directories, program.  What differs each time, such as the number of a pipe,
 * is left out.  The caller frees the text.
 */
char *seen_from_outside(pid_t root);

/* fail() at the first line that differs.  Frees both. */
void seen_the_same(char *before, char *now);

#endif
