/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Ways to make a child and to look at it.  Lists of pids are in the call's own order, oldest namespace first,
 * and are written LIST(a, b, c), which stands for the two arguments (number, pointer).
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

/* Every register as given.  The child ends at once and is reaped.  Its pid, or -errno. */
long try_registers(unsigned long flags, const void *args, long size, const void *tls, const void *pids);

/* The same for SIGCHLD | flags and a list. */
long try_pids(unsigned long flags, unsigned int nr, const pid_t *pids);

/* As try_pids(), and all the pids that the child sees itself to have. */
long born(unsigned long flags, unsigned int nr, const pid_t *pids, struct nspid *seen);

/* The same by any call that returns 0 in the child, the child's pid, or -errno. */
long born_by(long (*call)(const void *arg), const void *arg, struct nspid *seen);

/* The same by plain clone(), for comparison. */
void born_plain(struct nspid *seen);

/* The child is made, has every pid that the list names, and the call returned the right one. */
void granted(unsigned long flags, unsigned int nr, const pid_t *pids);

/*
 * The call fails with this errno, and the counters of all levels stay: the next child by plain clone() has
 * exactly the pids that follow those of the last one.  Kernel threads may be born at level 0 meanwhile, so
 * that there it is tried again.
 */
void refused(int error, unsigned long flags, unsigned int nr, const pid_t *pids);

/* The check in refused() for any other way to call. */
void counters_stay(void (*call)(const void *arg), const void *arg);

/* A child that lives until it is released. */
struct held {
	pid_t pid;
	int fd;
};

struct held hold(unsigned long flags, unsigned int nr, const pid_t *pids);
void release(struct held *h);

/* By plain clone(), with SIGCHLD added; a pid, 0 in the child. */
pid_t plain_clone(unsigned long flags);

/* Wait for a child, which must end with exit status 0; that it does not is a failure of the case. */
void wait_ok(pid_t pid, const char *what);

/* The child's part of hold(): until it is released. */
void wait_for_release(const int pipefd[2]) __attribute__((noreturn));

#endif
