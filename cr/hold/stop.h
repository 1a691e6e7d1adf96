/* SPDX-License-Identifier: GPL-2.0 */
/* Take a held task from one ptrace stop to the next.  All functions return 0, or -1 with errno. */
#ifndef STOP_H
#define STOP_H

#include "remote.h"

/* How wait4() reports the stops that we wait for: the signal, and the event above it. */
#define SYSCALL_STOP (SIGTRAP | 0x80)
#define EVENT(status) ((status) >> 16)

/* Resume the task with this ptrace() request and this signal. */
int stop_leave(struct remote *r, int request, int sig);

/* Wait until it stops, at most 10 seconds; *status says how.  ESRCH if it ended. */
int stop_wait(struct remote *r, int *status);

/* Wait for the stop of PTRACE_INTERRUPT, or that of a new task; *stop_signal is as in struct remote. */
int stop_wait_event(struct remote *r, int *stop_signal);

/* Take it to such a stop, from the end of an injected call or from wherever it was lost. */
int stop_again(struct remote *r);

/* Block all signals, until remote_rest(). */
int stop_block_signals(struct remote *r);

#endif
