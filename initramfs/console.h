/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The lesson's terminal: a pseudoterminal of 80x25 that is mirrored to the VGA
 * screen and the first serial port, so that whichever of them somebody looks at
 * is the one.  Keys from either go to the same place.
 */
#ifndef CONSOLE_H
#define CONSOLE_H

#include <sys/types.h>

/*
 * Start the process that copies between the terminal and the consoles, and make
 * the terminal this process's standard input, output and error.  Returns the
 * copying process, or -1 with errno: nothing has changed then.
 */
pid_t console_start(void);

/*
 * Let the copying process write out what is still on its way, and end.  After
 * that, standard output and error are the kernel's console.  Bounded: 5 seconds.
 */
void console_finish(pid_t console);

/*
 * Open a screen or a serial port that passes bytes as they are.  -1 with errno if
 * it is not there; a serial port may be opened all the same.
 */
int open_raw(const char *path);

/* Standard input, output and error become this file.  0, or -1 with errno. */
int use_as_stdio(const char *path);

#endif
