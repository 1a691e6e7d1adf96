/* SPDX-License-Identifier: GPL-2.0 */
/* What the processes of a new tree do themselves, from birth until they wait to be rebuilt.  Only for cr/create. */
#ifndef CREATE_PROCESS_H
#define CREATE_PROCESS_H

#include "outcome.h"
#include "inherit.h"

/*
 * Create the first process of a plan, which creates the others, and wait at most bound_ms for the outcome of the whole
 * tree.  c->tid[0] becomes its pid, or 0; c->parent and c->adoption are filled in.
 */
struct outcome create_first(struct creation *c, const struct inherited *in, int bound_ms);

/* Create a process of the plan and wait for its outcome.  *pid is -1, and its pid as soon as it has one. */
struct outcome create_one(const struct inherited *in, int index, pid_t *pid);

/*
 * create_map_window(): in the first process, map the window that the restarting program has reserved.
 * create_fill_window(): in the creator of planned[index], before it creates that one, copy into the window the pages
 * that the new process shares with others.  Both return 0, or -1 with errno.  window.c
 */
int create_map_window(const struct inherited *in);
int create_fill_window(const struct inherited *in, int index);

/* Read an outcome from a pipe, within so many milliseconds; -1: without a bound.  STEP_DIED if none comes. */
struct outcome create_await_outcome(int fd, int index, int bound_ms);

/* Close all descriptors but these. */
void create_keep_only(int *keep, int n);

/*
 * Reset all signal actions: what the restarting program handles, or ignores because of nohup, must not affect the tree.
 */
void create_default_actions(void);

#endif
