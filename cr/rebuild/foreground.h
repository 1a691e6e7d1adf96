/* SPDX-License-Identifier: GPL-2.0 */
/* The terminal of the restarting program, lent to a tree until that ends. */
#ifndef FOREGROUND_H
#define FOREGROUND_H

#include "rebuild.h"

/*
 * Can it be lent at all?  Before the tree is created: this program becomes who adopts it, to wait for it.  0, or -1
 * when reported.
 */
int foreground_check(void);

/*
 * Give the tree, which is built and held, the terminal that is this program's standard input: the settings that were
 * recorded, and its foreground group.  The size stays that of the terminal, unless that has none.  0, or -1 when
 * reported: then it is this program's as before.
 */
int foreground_give(const struct builder *b);

/* The tree runs: tell it, by SIGWINCH, that the screen has changed. */
void foreground_show(const struct builder *b);

/* The tree has been abandoned, or has ended. */
void foreground_take_back(void);

#endif
