/* SPDX-License-Identifier: GPL-2.0 */
/* Files below /proc/PID, as a recorder reads them.  Not one that can be a thread's: /proc finds those, too. */
#ifndef PROCFS_H
#define PROCFS_H

#include <stdio.h>
#include <sys/types.h>

/* The whole of /proc/PID/NAME as a string, for the caller to free; NULL with errno. */
char *procfs_text(pid_t pid, const char *name);

/* The same as bytes; their number goes to *size. */
void *procfs_bytes(pid_t pid, const char *name, size_t *size);

/* The target of the link /proc/PID/NAME, for the caller to free; NULL with errno. */
char *procfs_link(pid_t pid, const char *name);

/* The value behind `KEY:' and blanks in a text of such lines; NULL if there is no such line. */
const char *procfs_value(const char *text, const char *key);

#endif
