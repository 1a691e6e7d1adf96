/* SPDX-License-Identifier: GPL-2.0 */
/* Subjects that are trees of several tasks, all of which must be ready before the tree is recorded. */
#ifndef RESTORED_TREE_H
#define RESTORED_TREE_H

#include "roundtrip.h"

/* Call this first, in the root. */
void start_words(void);

/* In each other task: report that it is ready, and wait until the tree has been restarted. */
void be_there(void);

/* In the root: record_here() once n tasks have reported that they are ready. */
void record_all_of(unsigned int n);

/* The words that all tasks share; the first one counts the tasks that are ready. */
extern volatile uint32_t *words;

/* Create a task with clone().  Returns its pid, or 0 in the child. */
pid_t born_in(unsigned long flags);

/* Wait for a child, which must end with this wait status. */
void must_end(pid_t pid, int with);

#endif
