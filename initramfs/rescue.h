/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How the machine survives a program that takes everything: PID 1 and the consoles are what the kernel ends last, the
 * number of tasks has a limit that leaves memory over, and a key ends all that somebody has started.
 */
#ifndef RESCUE_H
#define RESCUE_H

#include <sys/types.h>

/* Pressed this often in a row on a console, Ctrl-C ends all programs but the one on the terminal. */
#define RESCUE_KEY	'\003'
#define RESCUE_PRESSES	5
#define RESCUE_WITHIN_MS 3000

/* The signal by which the consoles, or anybody with the right to, ask PID 1 for that. */
#define RESCUE_SIGNAL	SIGQUIT

/*
 * The out-of-memory killer leaves the caller alone, and it gets the processor before others.  Both are inherited:
 * rescue_unprotect() makes the caller, a program that PID 1 is about to run, an ordinary process again.
 */
void rescue_protect(void);
void rescue_unprotect(void);

/*
 * Bound the number of tasks (kernel.threads-max) so that a fork bomb of shells finds the limit and not the end of the
 * memory.  A higher limit of the kernel's own is lowered; root can raise it again.
 */
void rescue_limit_tasks(void);

/* End all user tasks but PID 1, which must be the caller, and the n in keep[].  Those are stopped for a moment. */
void rescue_end_others(const pid_t *keep, int n);

#endif
