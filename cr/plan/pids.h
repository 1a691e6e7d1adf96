/* SPDX-License-Identifier: GPL-2.0 */
/* Which of the recorded pids the tasks of a new tree get. */
#ifndef PLAN_PIDS_H
#define PLAN_PIDS_H

enum restart_pids {
	PIDS_ALL,		/* at every level */
	PIDS_KNOWN,		/* at all recorded levels but the oldest, for a restart one namespace deeper, say */
	PIDS_YOUNGEST,		/* only in the task's own namespace: as if one number were recorded for each task */
	PIDS_NONE,		/* at no level: the kernel chooses all pids */
};

/* The first level at which a task with this many levels gets its recorded pid; levels if there is none. */
static inline unsigned int first_chosen_level(enum restart_pids pids, unsigned int levels)
{
	switch (pids) {
	case PIDS_ALL:
		return 0;
	case PIDS_KNOWN:
		return 1;
	case PIDS_YOUNGEST:
		return levels - 1;
	case PIDS_NONE:
		break;
	}
	return levels;
}

/* The levels at which we choose a new task's pid: n levels, from first on.  The kernel chooses at all others. */
struct chosen {
	unsigned int first, n;
};

/* For a task with this many levels.  With new_pid_ns it is the init of the youngest, where its pid is 1 in any case. */
static inline struct chosen chosen_levels(enum restart_pids pids, unsigned int levels, int new_pid_ns)
{
	unsigned int first = first_chosen_level(pids, levels), existing = levels - !!new_pid_ns;

	return (struct chosen){ first, existing < first ? 0 : existing - first };
}

#endif
