/* SPDX-License-Identifier: GPL-2.0 */
/* Which of the recorded pids the tasks of a new tree get. */
#ifndef PLAN_PIDS_H
#define PLAN_PIDS_H

enum restart_pids {
	PIDS_ALL,		/* at every level */
	PIDS_KNOWN,		/* the oldest recorded level is left to the kernel: one namespace deeper, for instance */
	PIDS_YOUNGEST,		/* only that in its own namespace: what one number for each task comes to */
	PIDS_NONE,		/* those that the kernel chooses */
};

/* The first level, of as many as a task has, at which it gets its recorded pid; there is none: levels. */
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

/* The levels at which a new task is given its pid: n of them, from first on; at all others the kernel chooses. */
struct chosen {
	unsigned int first, n;
};

/* For a task of so many levels.  With new_pid_ns the youngest is a namespace of its own, where it is 1 in any case. */
static inline struct chosen chosen_levels(enum restart_pids pids, unsigned int levels, int new_pid_ns)
{
	unsigned int first = first_chosen_level(pids, levels), existing = levels - !!new_pid_ns;

	return (struct chosen){ first, existing < first ? 0 : existing - first };
}

#endif
