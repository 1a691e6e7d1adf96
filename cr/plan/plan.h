/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The plan of a restart: who creates whom.
 *
 * Most processes are created by their parent.  A process either inherits its session and process group or leads its
 * own.  So if a process's session is neither its own nor its parent's, its first parent was in that session and has
 * died: the process has been adopted.  We create it in the same way again, by a stand-in.  If the session's leader is
 * dead, the stand-in takes its place, with its pids; if the leader is alive, the stand-in is its child.  Stand-ins end
 * during the restart; their children are then adopted as they once were.
 */
#ifndef PLAN_H
#define PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "cr/image/image.h"
#include "pids.h"

enum planned_kind {
	PLANNED_PROCESS,
	PLANNED_ZOMBIE,		/* ends, with exit_status, when all open files have been opened again */
	PLANNED_STAND_IN,	/* ends when its children can be adopted */
};

/* What a new process needs to know about itself until it is rebuilt from outside. */
struct planned {
	enum planned_kind kind;
	int task;		/* tasks[] of the image; -1: a stand-in */
	int creator;		/* index in the plan, less than its own; -1: the restarting program */
	char name[NAME_SIZE];	/* "": a stand-in, which keeps its creator's name */
	struct numbers pid;	/* its recorded pids at all levels */
	struct chosen chosen;	/* the levels at which it is created with them */
	int uts, mounts;	/* utss[], mountss[] of the image; -1: the restarting program's */
	int ns_init;		/* tasks[]: the init of its pid namespace; -1: the restarting program's namespace */
	bool new_pid_ns, new_uts, new_mounts;
	bool mount_proc;	/* it mounts its pid namespace's proc on /proc */
	bool new_session, new_group;	/* it leads its session, its group */
	pid_t group;		/* the group that it joins if that exists already: its number there; 0: none */
	int terminal;		/* ptys[] that is its controlling terminal, or -1 */
	bool leaves_terminal;	/* it gives up the terminal that it inherited */
	bool subreaper;		/* it is one from birth until all zombies and stand-ins have ended; see reapers.h */
	bool early;		/* it is created before its creator's setsid() */
	uint32_t exit_signal, exit_status;
	/* The lists of those that it creates, in order: before [1] and after [0] its setsid(); -1: none. */
	int first[2];
	int next;		/* the next one in its creator's list */
};

/* Which task has a number as its pid. */
struct plan_pid {
	int task, planned;	/* the one whose pid at the oldest level it is: in tasks[], in the plan; -1: none */
	bool used;		/* it is the number of a pid, group or session at any level */
};

struct plan {
	struct planned *planned;	/* creators before those that they create */
	int n;
	int own_level;		/* the image's level that is the restarting program's pid namespace, first in /proc */
	int *of_task;		/* by tasks[]: index in the plan; -1: a thread */
	struct plan_pid *by_pid;	/* PID_LIMIT elements, only during plan_make() */
};

struct plan_options {
	enum restart_pids pids;
	bool own_group;		/* the first task leads a process group, instead of joining the restarting program's */
};

/* Returns 0, or -1 when reported: no sequence of forks and adoptions gives the recorded sessions. */
int plan_make(struct plan *plan, const struct image *image, const struct plan_options *options);
void plan_free(struct plan *plan);

#endif
