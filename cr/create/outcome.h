/* SPDX-License-Identifier: GPL-2.0 */
/* The outcome of creating a tree: success, or which process failed at which step. */
#ifndef CREATE_OUTCOME_H
#define CREATE_OUTCOME_H

#include "create.h"

enum step { STEP_DONE, STEP_DIED, STEP_PIPE, STEP_CREATE, STEP_UTS, STEP_MOUNT, STEP_SESSION, STEP_GROUP,
	    STEP_TERMINAL, STEP_REAPER, STEP_PTY, STEP_MEMORY };

/* What a process reports to its creator through a pipe: its subtree is complete, or a process failed at a step. */
struct outcome {
	int step, index, error;
	int level;	/* STEP_CREATE: the level at which a pid is taken; -1: not known */
};

/* Report an outcome. */
void create_report(const struct creation *c, const struct outcome *outcome);

/* Report that a task cannot be created because its pid at this level is taken, and by whom. */
void create_report_taken(const struct plan *plan, const char *name, const struct numbers *pid, int level);

#endif
