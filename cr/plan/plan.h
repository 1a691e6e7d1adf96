/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who creates whom.
 *
 * Most processes are created by their parent.  A session or process group is either inherited or one's own.  So if a
 * process's session is neither its own nor its parent's, its first parent was in that session and has died: the process
 * has been adopted.  It is created in the same way again: by a stand-in for the leader of the session, with the
 * leader's pids, or, if the leader is alive, by a stand-in that is the leader's child.  Stand-ins end during the
 * restart; their children are then adopted as they once were.
 */
#ifndef PLAN_H
#define PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "cr/image/image.h"
#include "pids.h"

enum planned_kind {
	PLANNED_PROCESS,
	PLANNED_ZOMBIE,		/* ends, with exit_status, when the files of those that live are open */
	PLANNED_STAND_IN,	/* ends when its children are where they are to be adopted */
};

/* What a new process needs to know about itself until it is rebuilt from outside. */
struct planned {
	enum planned_kind kind;
	int task;		/* tasks[] of the image; -1: a stand-in */
	int creator;		/* index in the plan, less than its own; -1: the restarting program */
	char name[NAME_SIZE];	/* "": a stand-in has its creator's */
	struct numbers pid;	/* all of its pids */
	struct chosen chosen;	/* those of them that it is created with */
	int uts, mounts;	/* of the image; -1: the restarting program's */
	int ns_init;		/* tasks[]: the init of its pid namespace; -1: the restarting program's namespace */
	bool new_pid_ns, new_uts, new_mounts;
	bool mount_proc;	/* it mounts its pid namespace's proc on /proc */
	bool new_session, new_group;	/* it leads one */
	pid_t group;		/* it joins this group if that exists already; its number in the process's own pid namespace; 0: none */
	int terminal;		/* ptys[] that is its controlling terminal, or -1 */
	bool leaves_terminal;	/* it gives up the one that it inherited */
	bool subreaper;		/* from its birth until all that end have ended; see reapers.h */
	bool early;		/* born before its creator's setsid() */
	uint32_t exit_signal, exit_status;
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
	int own_level;		/* the level, in the image, of the restarting program's pid namespace: /proc's first column */
	int *of_task;		/* by tasks[]: index in the plan, -1: a thread */
	struct plan_pid *by_pid;	/* while it is made: PID_LIMIT of them */
};

struct plan_options {
	enum restart_pids pids;
	bool own_group;		/* the first task leads a process group: it does not go into the restarting program's */
};

/* Returns 0, or -1 when reported: the image has a session that cannot have come about. */
int plan_make(struct plan *plan, const struct image *image, const struct plan_options *options);
void plan_free(struct plan *plan);

#endif
