/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lines for a picture of the machine, one JSON object each: docs/feed.md.  Where they go PID 1 says in the environment:
 * FEED=/dev/ttyS1, from the kernel command line's feed=ttyS1.  Without it nothing is written.
 */
#ifndef FEED_H
#define FEED_H

#include <stdio.h>

#define FEED_VERSION 1

/* A string with its quotes; what is not printable ASCII is a `?', but for a newline. */
void feed_string(FILE *line, const char *text);

/*
 * An event, with more members: `, "name": value' ...  It is written by one write(), so that lines of several processes
 * do not mix.  What cannot be written is lost: a picture must not stop the lesson.
 */
void feed_event(const char *event, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* An event with a string, which may hold anything, and the same members behind it. */
void feed_text_event(const char *event, const char *member, const char *text, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Wait until all that was written has left the machine. */
void feed_drain(void);

#endif
