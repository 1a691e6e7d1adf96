/* SPDX-License-Identifier: GPL-2.0 */
/* Waiting: for a child, for how it ended, and for time to pass. */
#ifndef WAIT_H
#define WAIT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * Describe a wait status, in buf: "exit status 3", "killed by signal 11 (Segmentation fault)", "stopped by
 * signal 19 (Stopped (signal))".  Returns buf.
 */
const char *status_words(int status, char *buf, size_t size);

/* True only for a normal exit with status 0: a signal is never success. */
bool status_ok(int status);

/*
 * Wait for the child pid (options as for waitpid(), __WALL for instance) for at most timeout_ms.
 * Returns 0 and the status, or -1 with ETIMEDOUT or waitpid()'s errno.  Not for a process that handles SIGCHLD itself:
 * the bound is a poll of a pidfd.
 */
int wait_bounded(pid_t pid, int *status, int options, int timeout_ms);

/* Milliseconds of CLOCK_MONOTONIC. */
long now_ms(void);

/* Sleep; continues after a signal. */
void sleep_ms(long ms);

#endif
