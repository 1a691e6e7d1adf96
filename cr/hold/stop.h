/* SPDX-License-Identifier: GPL-2.0 */
/* From one stop of a held task to the next.  All return 0, or -1 with errno. */
#ifndef STOP_H
#define STOP_H

#include "remote.h"

/* How wait4() reports the stops that are waited for: the signal, and the event above it. */
#define SYSCALL_STOP (SIGTRAP | 0x80)
#define EVENT(status) ((status) >> 16)

/* Let the task go on, by this request of ptrace() and with this signal, until it stops again. */
int stop_leave(struct remote *r, int request, int sig);

/* Wait until it stops, as status says.  Bounded: 10 seconds.  ESRCH if it ended. */
int stop_wait(struct remote *r, int *status);

/* Wait until it stops for PTRACE_INTERRUPT, or because it has been born; *stop_signal is as in struct remote. */
int stop_wait_event(struct remote *r, int *stop_signal);

/* From the end of a call, or wherever it was lost, to such a stop. */
int stop_again(struct remote *r);

/* Block all signals, until remote_rest(). */
int stop_block_signals(struct remote *r);

#endif
