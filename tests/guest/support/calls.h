/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Ways to create a child and to look at it.  Lists of pids are in the call's own order, oldest namespace first.
 * LIST(a, b, c) stands for the two arguments (number, pointer).
 */
#ifndef CALLS_H
#define CALLS_H

#include <stddef.h>
#include <sys/types.h>

#include "lib/clone_with_pids.h"
#include "harness.h"
#include "proc.h"

#define LIST(...) ARRAY_SIZE(((const pid_t[]){ __VA_ARGS__ })), ((const pid_t[]){ __VA_ARGS__ })
#define NO_LIST   0, NULL

/* Make the call with every register as given.  The child exits at once and is reaped.  Returns its pid, or -errno. */
long try_registers(unsigned long flags, const void *args, long size, const void *tls, const void *pids);

/* The same with SIGCHLD | flags and a list. */
long try_pids(unsigned long flags, unsigned int nr, const pid_t *pids);

/* As try_pids(); *seen gets all the pids that the child sees itself to have. */
long born(unsigned long flags, unsigned int nr, const pid_t *pids, struct nspid *seen);

/* The same with any call that returns 0 in the child and, in the parent, the child's pid or -errno. */
long born_by(long (*call)(const void *arg), const void *arg, struct nspid *seen);

/* The same with plain clone(), for comparison. */
void born_plain(struct nspid *seen);

/* Check that the child is created, has every pid in the list, and that the call returned the right one. */
void granted(unsigned long flags, unsigned int nr, const pid_t *pids);

/*
 * Check that the call fails with this errno and does not move the counter of any level: the next child of plain clone()
 * has exactly the pids that follow those of the last one.  Kernel threads may be born at level 0 meanwhile, so the
 * check is repeated there.
 */
void refused(int error, unsigned long flags, unsigned int nr, const pid_t *pids);

/* The check of the counters in refused(), for any other way to make the call. */
void counters_stay(void (*call)(const void *arg), const void *arg);

/* A child that lives until release(). */
struct held {
	pid_t pid;
	int fd;
};

struct held hold(unsigned long flags, unsigned int nr, const pid_t *pids);
void release(struct held *h);

/* Plain clone() with SIGCHLD added.  Returns a pid, or 0 in the child. */
pid_t plain_clone(unsigned long flags);

/* Wait for a child.  If its exit status is not 0, the case fails. */
void wait_ok(pid_t pid, const char *what);

/* The child's side of hold(): wait until it is released. */
void wait_for_release(const int pipefd[2]) __attribute__((noreturn));

#endif
