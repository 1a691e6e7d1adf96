/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who creates whom.
 *
 * Most processes are created by their parent.  A session and a process group are inherited or one's own, so that a
 * process whose session is neither its parent's nor its own was born to somebody in that session who is dead: it has
 * been adopted.  It is created the same way again: by a stand-in for the leader of the session, with the leader's pids,
 * or if the leader lives by a stand-in that is its child.  Stand-ins end when all is built; their children are then
 * adopted as they were.
 */
#ifndef PLAN_H
#define PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "cr/image/image.h"

struct planned {
	int task;		/* tasks[] of the image; -1: a stand-in */
	int creator;		/* index in the plan, less than its own; -1: the restarting program */
	struct numbers pid;	/* all of its pids */
	int uts, mounts;	/* of the image; -1: the restarting program's */
	int ns_init;		/* tasks[]: the init of its pid namespace; -1: the restarting program's namespace */
	bool new_pid_ns, new_uts, new_mounts;
	bool mount_proc;	/* it mounts its pid namespace's proc on /proc */
	bool new_session, new_group;	/* it leads one */
	bool subreaper;		/* from its birth until all that end have ended; see reapers.h */
	bool early;		/* born before its creator's setsid() */
	uint32_t exit_signal;
	/* Whom it creates, in order: before [1] and after [0] its setsid(); -1: nobody. */
	int first[2];
	int next;		/* the next one of the same creator, at the same time */
};

/* Who has a number. */
struct plan_pid {
	int task, planned;	/* as the oldest pid: in tasks[], in the plan; -1: nobody */
	bool used;		/* as a pid, group or session, at any level */
};

struct plan {
	struct planned *planned;	/* creators before those they create */
	int n;
	int *of_task;		/* by tasks[]: index in the plan, -1: a thread */
	struct plan_pid *by_pid;	/* while it is made: PID_LIMIT of them */
};

/* 0, or -1 when reported: a session that nobody can have had. */
int plan_make(struct plan *plan, const struct image *image);
void plan_free(struct plan *plan);

#endif
