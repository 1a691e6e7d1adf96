/* SPDX-License-Identifier: GPL-2.0 */
/* The logs of the application's programs: each writes one line to its file in log/. */
#ifndef LOGS_H
#define LOGS_H

#include <sys/types.h>

#include "lib/tree.h"

enum log_key { LOG_STEPS, LOG_SENT, LOG_FAILED, LOG_HEARD, LOG_WRONG, LOG_KEYS };

/* A pid that a program remembers, and the task to which the program thinks it belongs. */
struct known {
	char name[TASK_NAME];
	pid_t pid;		/* the one in the program's own pid namespace */
};

#define LOG_KNOWN 4

struct log {
	int value[LOG_KEYS];	/* -1: the log does not say */
	int n_known;
	struct known known[LOG_KNOWN];
};

/* Read the log of a program.  Returns 0, or -1 with errno. */
int log_read(struct log *log, const char *folder, const char *name);

/* Read the logs of all tasks of a tree, in its order.  The caller frees the array; NULL with errno. */
struct log *logs_read(const char *folder, const struct tree *tree);

#endif
