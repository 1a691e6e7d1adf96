/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Errors and wait statuses, said the same way by every program.
 *
 * A message is `PROGRAM: OPERATION: REASON`; the operation names its object (a pid, a file), the reason is
 * errno's text where there is one.
 */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

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

/*
 * A wait status in words, into buf: "exit status 3", "killed by signal 11 (Segmentation fault)", "stopped by
 * signal 19 (Stopped (signal))".  Returns buf.
 */
const char *status_words(int status, char *buf, size_t size);

/* True only for a normal exit with status 0: a signal is never success. */
bool status_ok(int status);

/*
 * Wait for the child pid (options as for waitpid(), __WALL for instance) for at most timeout_ms.
 * Returns 0 and the status, or -1: ETIMEDOUT, or what waitpid() said.  Not for a process that handles SIGCHLD
 * itself: the bound is a poll of a pidfd.
 */
int wait_bounded(pid_t pid, int *status, int options, int timeout_ms);

/* Milliseconds of CLOCK_MONOTONIC. */
long now_ms(void);

/* Sleep, restarted when a signal interrupts. */
void sleep_ms(long ms);

#endif
