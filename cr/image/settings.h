/* SPDX-License-Identifier: GPL-2.0 */
/* Settings of tasks: the words for them that record/settings.c, rebuild/settings.c and the checks share. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <linux/membarrier.h>

/* What a process can have registered. */
#define MEMBARRIER_REGISTRATIONS \
	(MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED | MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED | \
	 MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE | MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ)

/* Does sched_setattr() take a slice for a policy?  fair_policy() in kernel/sched/sched.h. */
#define HAS_SLICE(policy) ((policy) == SCHED_NORMAL || (policy) == SCHED_BATCH)

/* Younger than the C library's header: include/uapi/linux/prctl.h. */
#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65
#define PR_GET_MDWE 66
#endif
#ifndef PR_MDWE_NO_INHERIT
#define PR_MDWE_NO_INHERIT 2
#endif

#define IOPRIO_WHO_PROCESS 1		/* include/uapi/linux/ioprio.h */

#endif
