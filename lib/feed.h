/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lines for a picture of the machine, one JSON object each: docs/feed.md.  PID 1 sets FEED=/dev/ttyS1 in the
 * environment if the kernel command line says feed=ttyS1.  Without FEED, nothing is written.
 */
#ifndef FEED_H
#define FEED_H

#include <stdio.h>

#define FEED_VERSION 1

/* Print a string with its quotes; all but printable ASCII and newlines becomes `?'. */
void feed_string(FILE *line, const char *text);

/*
 * Begin an event whose members the caller writes: `,"name": value' ...; feed_end() ends and sends it.  One at a time.
 * NULL: there is no feed.
 */
FILE *feed_begin(const char *event);
void feed_end(FILE *line);

/*
 * Report an event, with more members: `, "name": value' ...  An flock() of the port keeps the lines of several processes
 * apart.  What the port does not take within a second is lost: a picture must not stop the lesson.
 */
void feed_event(const char *event, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Report an event with a string, which may contain anything, followed by the same kind of members. */
void feed_text_event(const char *event, const char *member, const char *text, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Send this process's events once more, from the last `chapter' on: somebody has begun to read who missed them. */
void feed_repeat(void);

/* Wait until everything that was written has left the machine. */
void feed_drain(void);

#endif
