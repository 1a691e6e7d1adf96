/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The lesson's terminal: a pseudoterminal of 80x25, mirrored to the VGA screen and the first serial port, so that a
 * viewer can use either.  Keys from both go to the terminal.
 */
#ifndef CONSOLE_H
#define CONSOLE_H

#include <sys/types.h>

/*
 * Start the process that copies between the terminal and the consoles, and make the terminal this process's standard
 * input, output and error.  Returns the pid of the copying process, or -1 with errno: then nothing has changed.
 */
pid_t console_start(void);

/*
 * Let the copying process write out what is still on its way, and end.  Afterwards standard output and error are the
 * kernel's console.  Waits at most 5 seconds.
 */
void console_finish(pid_t console);

/*
 * Open a screen or a serial port in raw mode.  Returns -1 with errno if it does not exist; but open() may succeed on a
 * serial port that does not exist.
 */
int open_raw(const char *path);

/* Make this file standard input, output and error.  Returns 0, or -1 with errno. */
int use_as_stdio(const char *path);

#endif
