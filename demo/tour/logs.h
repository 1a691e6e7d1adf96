/* SPDX-License-Identifier: GPL-2.0 */
/* The logs of the application's programs: each writes one line to its file in log/. */
#ifndef LOGS_H
#define LOGS_H

#include <sys/types.h>

#include "lib/tree.h"

enum log_key { LOG_STEPS, LOG_SENT, LOG_FAILED, LOG_HEARD, LOG_WRONG, LOG_KEYS };

/* A pid that a program remembers, and whose it believes it to be. */
struct known {
	char name[TASK_NAME];
	pid_t pid;		/* as in the namespace of the program */
};

#define LOG_KNOWN 4

struct log {
	int value[LOG_KEYS];	/* -1: it does not say */
	int n_known;
	struct known known[LOG_KNOWN];
};

/* The log of a program; 0, or -1 with errno. */
int log_read(struct log *log, const char *folder, const char *name);

/* Those of all tasks of a tree, in its order, for the caller to free; NULL with errno. */
struct log *logs_read(const char *folder, const struct tree *tree);

#endif
