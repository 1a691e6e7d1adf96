/* SPDX-License-Identifier: GPL-2.0 */
/* What the processes of a new tree do themselves, from their birth until they wait to be rebuilt: for create*.c. */
#ifndef CREATE_PROCESS_H
#define CREATE_PROCESS_H

#include "word.h"
#include "inherit.h"

/* Pipes whose end is a signal: the new processes have the read ends. */
struct create_pipes {
	int die, zombies, stand_ins;
};

/*
 * Create the first process of a plan, which creates the others, and wait for what it says of the whole tree, at most so
 * many milliseconds.  c->tid[0] is its pid, or 0; c->parent and c->adoption are filled in.
 */
struct word create_first(struct creation *c, const struct inherited *in, const struct create_pipes *pipes, int bound_ms);

/* What all processes need to know; before the first one is created, and copied by fork(). */
void create_begin(const struct inherited *in, const struct create_pipes *pipes);

/* Create a process of the plan and wait for its word.  *pid is its pid as soon as it has one, or -1. */
struct word create_one(int index, pid_t *pid);

/*
 * In the first process: map the window, which the restarting program has reserved.  In the creator of planned[index],
 * before it creates that: put into the window what the new process is to have in common with others.  0, or -1 with
 * errno.  window.c
 */
int create_map_window(const struct creation *c);
int create_fill_window(const struct creation *c, int index);

/* The word that comes from a pipe, in so many milliseconds, -1: whenever.  STEP_DIED if none does. */
struct word create_await_word(int fd, int index, int bound_ms);

/* Close all descriptors but these. */
void create_keep_only(int *keep, int n);

/* What the restarting program handles or was told to ignore, by nohup for instance, is nothing to the tree. */
void create_default_actions(void);

#endif
