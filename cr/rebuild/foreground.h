/* SPDX-License-Identifier: GPL-2.0 */
/* Lend the terminal of the restarting program to a tree until the tree ends. */
#ifndef FOREGROUND_H
#define FOREGROUND_H

#include "rebuild.h"

/*
 * Check whether the terminal can be lent, and make this program a subreaper, so that it adopts the tree and can wait
 * for it.  Call this before the tree is created.  Returns 0, or -1 when reported.
 */
int foreground_check(void);

/*
 * Give the tree, which is built and held, the terminal that is this program's standard input: restore the recorded
 * settings and the tree's foreground group.  The terminal keeps its size, unless it has none.  Returns 0, or -1 when
 * reported: then the terminal is this program's as before.
 */
int foreground_give(const struct builder *b);

/* Call this when the tree runs: tell it, with SIGWINCH, that the screen has changed. */
void foreground_show(const struct builder *b);

/* Take the terminal back, when the tree has been abandoned or has ended. */
void foreground_take_back(void);

#endif
