/* SPDX-License-Identifier: GPL-2.0 */
/* What the processes of a new tree do themselves, from their birth until they wait to be rebuilt: for create.c. */
#ifndef CREATE_PROCESS_H
#define CREATE_PROCESS_H

#include "create_word.h"
#include "inherit.h"

/* Pipes whose end is a signal: the new processes have the read ends. */
struct create_pipes {
	int die, zombies, stand_ins;
};

/*
 * Create the first process of a plan, which creates the others, and wait for what it says of the whole tree, at most so
 * many milliseconds.  *pid is its pid, or -1.
 */
struct word create_first(const struct inherited *in, const struct create_pipes *pipes, int bound_ms, pid_t *pid);

#endif
