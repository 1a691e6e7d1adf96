/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Errors, reported in the same way by every program.
 *
 * A message is `PROGRAM: OPERATION: REASON`.  The operation names its object (a pid, a file); the reason is errno's
 * text if there is an errno.
 */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>

/* The exit statuses of all tools. */
enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

/* The name in front of messages: the last part of argv[0]. */
void report_program(const char *argv0);

/*
 * Make foreign text, such as a task's name or a path, safe for any terminal: replace all but printable ASCII by `?', in
 * place.  Returns text.
 */
char *printable(char *text);

/* Print a message, made printable(), with errno's text if errno_value is not 0.  Keeps errno. */
void report(int errno_value, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * For the end of main(): returns status, or EXIT_FAILED with a message if output was lost (a full disk, a closed pipe).
 */
int finish(int status);

/* The last message that report() printed, without the newline; "" if there was none. */
const char *report_last(void);

/* report() with the current errno, then exit with EXIT_FAILED. */
void die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* report() without errno and a hint at --help, then exit with EXIT_USAGE. */
void die_usage(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/*
 * Parse a decimal number on a command line: min..max inclusive, and nothing after it.  Otherwise die_usage() with the
 * option's name, what.
 */
long parse_number(const char *what, const char *text, long min, long max);

#endif
