/* SPDX-License-Identifier: GPL-2.0 */
/* The tools, run as a person would run them from the shell. */
#ifndef COMMAND_H
#define COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * Run a program of /bin until it ends, at most 60 seconds.  out, which may be NULL, gets its standard output as a
 * string that the caller frees.  With show, the command is printed on the screen.  Returns 0, or -1 after ui_failed()
 * with the program's complaint if its status is not 0.
 */
int command_run(bool show, char **out, const char *const argv[]);

/* The same when the output is a pid; -1 if it is not. */
pid_t command_run_for_pid(bool show, const char *const argv[]);

/*
 * Start a program as a child of the caller and leave it running; wait until it prints a line, which must be a pid, and
 * return that in *said.  Returns the program's own pid, or -1 after ui_failed().
 */
pid_t command_start(const char *const argv[], pid_t *said);

#define COMMAND(...) ((const char *const[]){ __VA_ARGS__, NULL })

#endif
