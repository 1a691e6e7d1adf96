// SPDX-License-Identifier: GPL-2.0
/*
 * Settings: scheduling, and what prctl() and the like had set.  Only what differs from the restarting program's is set.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <asm/unistd.h>
#include <linux/sched.h>
#include <linux/sched/types.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "rebuild.h"
#include "lib/report.h"
#include "cr/image/settings.h"

/* The restarting program's own time slice: the kernel's default, unless somebody has set another one. */
static uint64_t usual_slice(void)
{
	static struct sched_attr own;

	if (!own.size && syscall(SYS_sched_getattr, 0, &own, sizeof(own), 0))
		return 0;
	return own.sched_runtime;
}

static int set_policy(struct remote *r, const struct thread *t)
{
	struct sched_attr attr = {
		.size = sizeof(attr), .sched_policy = t->policy & ~(uint32_t)SCHED_RESET_ON_FORK, .sched_nice = t->nice,
		.sched_flags = t->policy & SCHED_RESET_ON_FORK ? SCHED_FLAG_RESET_ON_FORK : 0,
		.sched_priority = t->priority,
	};

	if (HAS_SLICE(attr.sched_policy) && t->slice_ns != usual_slice())
		attr.sched_runtime = t->slice_ns;
	/* That of real-time tasks is kept for when they are that no more. */
	if (syscall(SYS_sched_setattr, r->tid, &attr, 0) || setpriority(PRIO_PROCESS, r->tid, t->nice))
		return rebuild_failed(r, "set its scheduling policy", REMOTE_FAILED);
	return 0;
}

static int set_affinity(struct remote *r, const struct thread *t)
{
	uint64_t is = 0;

	if (!t->affinity)
		return 0;
	if (syscall(SYS_sched_setaffinity, r->tid, sizeof(t->affinity), &t->affinity) ||
	    syscall(SYS_sched_getaffinity, r->tid, sizeof(is), &is) < 0)
		return rebuild_failed(r, "bind it to its CPUs", REMOTE_FAILED);
	if (is == t->affinity)
		return 0;
	report(0, "pid %d: it was bound to the CPUs 0x%llx, of which only 0x%llx are here", r->tid,
	       (unsigned long long)t->affinity, (unsigned long long)is);
	return -1;
}

/* The timer slack is inherited from the restarting program, and a real-time policy has set it to 0. */
static int set_timer_slack(struct remote *r, const struct thread *t)
{
	static long own;
	char path[40];
	FILE *f;
	int bad;

	if (!own)
		own = prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0);
	if (!t->timer_slack_ns || t->timer_slack_ns == (uint64_t)own)
		return 0;
	snprintf(path, sizeof(path), "/proc/%d/timerslack_ns", r->tid);
	f = fopen(path, "we");
	bad = !f || fprintf(f, "%llu", (unsigned long long)t->timer_slack_ns) < 0;
	if (f && fclose(f))
		bad = 1;
	return bad ? rebuild_failed(r, "set its timer slack", REMOTE_FAILED) : 0;
}

int rebuild_scheduling(struct remote *r, const struct thread *t)
{
	if (set_policy(r, t))
		return -1;
	if (t->io_priority && syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, r->tid, t->io_priority))
		return rebuild_failed(r, "set its I/O priority", REMOTE_FAILED);
	return set_affinity(r, t) || set_timer_slack(r, t) ? -1 : 0;
}

int rebuild_thread_settings(struct remote *r, const struct thread *t)
{
	long ret = 0;

	if (t->mce_kill != PR_MCE_KILL_DEFAULT)
		ret = REMOTE_CALL(r, __NR_prctl, PR_MCE_KILL, PR_MCE_KILL_SET, t->mce_kill, 0, 0);
	if (!ret && t->io_flusher)
		ret = REMOTE_CALL(r, __NR_prctl, PR_SET_IO_FLUSHER, 1, 0, 0, 0);
	if (!ret && t->no_tsc)
		ret = REMOTE_CALL(r, __NR_prctl, PR_SET_TSC, PR_TSC_SIGSEGV);
	return ret ? rebuild_failed(r, "restore prctl() settings", ret) : 0;
}

int rebuild_process_settings(struct remote *r, const struct process *p)
{
	long ret = 0;

	for (uint32_t bit = 1; bit <= MEMBARRIER_REGISTRATIONS && !ret; bit <<= 1)
		if (p->membarrier & bit)
			ret = REMOTE_CALL(r, __NR_membarrier, bit, 0, 0);
	if (!ret && p->thp_disable)
		ret = REMOTE_CALL(r, __NR_prctl, PR_SET_THP_DISABLE, 1, 0, 0, 0);
	if (!ret && p->mdwe)
		ret = REMOTE_CALL(r, __NR_prctl, PR_SET_MDWE, p->mdwe, 0, 0, 0);
	if (!ret && p->mlock_future)
		ret = REMOTE_CALL(r, __NR_mlockall, p->mlock_future);
	return ret ? rebuild_failed(r, "restore prctl(), membarrier() and mlockall() settings", ret) : 0;
}
