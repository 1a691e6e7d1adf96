/* SPDX-License-Identifier: GPL-2.0 */
/* Trees of several tasks: all are there before the tree is recorded. */
#ifndef RESTORED_TREE_H
#define RESTORED_TREE_H

#include "roundtrip.h"

/* In the root, first. */
void start_words(void);

/* In each other task: tell that it is ready, and wait until the tree has been restarted. */
void be_there(void);

/* In the root: record when n tasks have said that they are there. */
void record_all_of(unsigned int n);

/* The words that all share; the first one counts. */
extern volatile uint32_t *words;

/* By clone(); 0 in the child. */
pid_t born_in(unsigned long flags);

/* It must end with this wait status. */
void must_end(pid_t pid, int with);

#endif
