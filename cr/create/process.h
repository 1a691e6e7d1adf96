/* SPDX-License-Identifier: GPL-2.0 */
/* What the processes of a new tree do themselves, from their birth until they wait to be rebuilt: for create*.c. */
#ifndef CREATE_PROCESS_H
#define CREATE_PROCESS_H

#include "outcome.h"
#include "inherit.h"

/*
 * Create the first process of a plan, which creates the others, and wait for what it says of the whole tree, at most so
 * many milliseconds.  c->tid[0] is its pid, or 0; c->parent and c->adoption are filled in.
 */
struct outcome create_first(struct creation *c, const struct inherited *in, int bound_ms);

/* Create a process of the plan and wait for its outcome.  *pid is its pid as soon as it has one, or -1. */
struct outcome create_one(const struct inherited *in, int index, pid_t *pid);

/*
 * In the first process: map the window, which the restarting program has reserved.  In the creator of planned[index],
 * before it creates that: put into the window what the new process is to have in common with others.  0, or -1 with
 * errno.  window.c
 */
int create_map_window(const struct inherited *in);
int create_fill_window(const struct inherited *in, int index);

/* Read an outcome from a pipe, within so many milliseconds; -1: without a bound.  STEP_DIED if none comes. */
struct outcome create_await_outcome(int fd, int index, int bound_ms);

/* Close all descriptors but these. */
void create_keep_only(int *keep, int n);

/* What the restarting program handles or was told to ignore, by nohup for instance, is nothing to the tree. */
void create_default_actions(void);

#endif
