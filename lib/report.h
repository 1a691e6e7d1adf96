/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Errors, said the same way by every program.
 *
 * A message is `PROGRAM: OPERATION: REASON`; the operation names its object (a pid, a file), the reason is
 * errno's text where there is one.
 */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>

/* Exit statuses of every tool. */
enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

/* The name in front of messages: the last part of argv[0]. */
void report_program(const char *argv0);

/*
 * Text that comes from elsewhere, a task's name or a path, as it can be shown on any terminal: what is not printable
 * ASCII is a `?'.  In place; returns it.
 */
char *printable(char *text);

/* Print a message, printable; with errno's text when errno_value is not 0.  errno is left as it was. */
void report(int errno_value, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * What a program returns from main(): status, or EXIT_FAILED with a message if
 * something that was printed did not arrive (a full disk, a closed pipe).
 */
int finish(int status);

/* The last message that report() printed, without the newline; "" if there was none. */
const char *report_last(void);

/* report() with the present errno, then exit with EXIT_FAILED. */
void die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* report() without errno and a hint at --help, then exit with EXIT_USAGE. */
void die_usage(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/*
 * A number on a command line: decimal, nothing behind it, min..max inclusive.  Otherwise die_usage() with the
 * option's name.
 */
long parse_number(const char *what, const char *text, long min, long max);

#endif
