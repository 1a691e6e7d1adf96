/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How the machine survives a program that takes everything: the kernel's out-of-memory killer spares PID 1 and the
 * consoles, a limit on the number of tasks leaves some memory free, and a key ends all programs that a person has
 * started.
 */
#ifndef RESCUE_H
#define RESCUE_H

#include <sys/types.h>

/* If Ctrl-C is pressed this many times in a row on a console, all programs end except the one on the terminal. */
#define RESCUE_KEY	'\003'
#define RESCUE_PRESSES	5
#define RESCUE_WITHIN_MS 3000

/*
 * With this signal the console's process, or anybody who may signal PID 1, asks for that; with the same one PID 1 tells
 * the console's process that it is done.
 */
#define RESCUE_SIGNAL	SIGQUIT

/*
 * Exempt the caller from the out-of-memory killer, and give it priority over other tasks.  Children inherit both, so a
 * program that PID 1 is about to run first becomes an ordinary process again, with rescue_unprotect().
 */
void rescue_protect(void);
void rescue_unprotect(void);

/*
 * Limit the number of tasks (kernel.threads-max), so that a fork bomb of shells hits the limit before memory runs out.
 * This only lowers the kernel's own limit; root can raise it again.
 */
void rescue_limit_tasks(void);

/* Kill all user tasks except PID 1, which must be the caller, and the n in keep[], which are stopped for a moment. */
void rescue_end_others(const pid_t *keep, int n);

#endif
