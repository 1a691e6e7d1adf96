/* SPDX-License-Identifier: GPL-2.0 */
/* The tools, run as a person would run them from the shell. */
#ifndef COMMAND_H
#define COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * Run a program of /bin until it ends, 60 seconds at most; out gets what it wrote to its standard output, as a string
 * for the caller to free, and may be NULL.  With show the command stands on the screen.
 * 0, or -1 after ui_failed(): it did not end with status 0; what it complained of is in there.
 */
int command_run(bool show, char **out, const char *const argv[]);

/* The same when the output is a pid; -1 if it is not. */
pid_t command_run_for_pid(bool show, const char *const argv[]);

/*
 * Start a program and leave it running, a child of the caller; wait until a line, which has to be a pid, is on its
 * standard output, and pass that on.  Its own pid, or -1 after ui_failed().
 */
pid_t command_start(const char *const argv[], pid_t *said);

#define COMMAND(...) ((const char *const[]){ __VA_ARGS__, NULL })

#endif
