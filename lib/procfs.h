/* SPDX-License-Identifier: GPL-2.0 */
/* Files below /proc/PID.  PID may also be a thread's: /proc finds threads, though it does not list them. */
#ifndef PROCFS_H
#define PROCFS_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

/* TASK_COMM_LEN of include/linux/sched.h, with the final 0. */
#define TASK_NAME 16

/* Read all of /proc/PID/NAME as a string, which the caller frees; NULL with errno. */
char *procfs_text(pid_t pid, const char *name);

/* The same as bytes; their number goes to *size. */
void *procfs_bytes(pid_t pid, const char *name, size_t *size);

/* Read the target of the link /proc/PID/NAME, which the caller frees; NULL with errno. */
char *procfs_link(pid_t pid, const char *name);

/* The value behind `KEY:' and blanks in a text of such lines; NULL if there is no such line. */
const char *procfs_value(const char *text, const char *key);

/* Fields of /proc/PID/stat, by their numbers in proc_pid_stat(5). */
enum {
	STAT_PGRP = 5, STAT_SESSION = 6, STAT_TTY = 7, STAT_TPGID = 8, STAT_FLAGS = 9, STAT_START_CODE = 26,
	STAT_END_CODE = 27, STAT_START_STACK = 28, STAT_EXIT_SIGNAL = 38, STAT_START_DATA = 45, STAT_END_DATA = 46,
	STAT_START_BRK = 47, STAT_ARG_START = 48, STAT_ARG_END = 49, STAT_ENV_START = 50, STAT_ENV_END = 51,
	STAT_EXIT_CODE = 52, STAT_FIELDS
};

struct procfs_stat {
	char name[TASK_NAME];		/* unescaped, unlike in status */
	char state;
	unsigned long field[STAT_FIELDS];	/* from the fourth on; a signed one is cast, and a time may not fit */
};

/* Read /proc/PID/stat.  0, or -1 with errno. */
int procfs_stat(pid_t pid, struct procfs_stat *stat);

#endif
