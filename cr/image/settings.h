/* SPDX-License-Identifier: GPL-2.0 */
/* Constants for the settings of tasks that cr/record/settings.c, cr/rebuild/settings.c and the checks share. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <linux/membarrier.h>

/* The commands with which a process can register. */
#define MEMBARRIER_REGISTRATIONS \
	(MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED | MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED | \
	 MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE | MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ)

/* Does sched_setattr() take a slice for a policy?  fair_policy() in kernel/sched/sched.h. */
#define HAS_SLICE(policy) ((policy) == SCHED_NORMAL || (policy) == SCHED_BATCH)

/* The C library's header does not have these yet: include/uapi/linux/prctl.h. */
#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65
#define PR_GET_MDWE 66
#endif
#ifndef PR_MDWE_NO_INHERIT
#define PR_MDWE_NO_INHERIT 2
#endif

#define IOPRIO_WHO_PROCESS 1		/* include/uapi/linux/ioprio.h */

#endif
