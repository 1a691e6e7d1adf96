// SPDX-License-Identifier: GPL-2.0
/*
 * Settings: scheduling, and what prctl() and the like have set.  We read from outside what we can, and the rest by
 * injected calls.  Settings that no image can hold are refused before any call is injected.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <asm/prctl.h>
#include <asm/unistd.h>
#include <linux/kcmp.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/sched/types.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "lib/procfs.h"
#include "record.h"
#include "cr/hold/refuse.h"
#include "cr/image/settings.h"

/* Flags of a task in /proc/PID/stat: include/linux/sched.h. */
#define PF_MCE_PROCESS 0x00000080U
#define PF_IO_FLUSHER  0x00180000U	/* PF_MEMALLOC_NOIO | PF_LOCAL_THROTTLE */
#define PF_MCE_EARLY   0x08000000U

/* Count the lines of a file in /proc/sysvipc, without its title. */
static int count_objects(const char *path)
{
	FILE *f = fopen(path, "re");
	int c, n = -1;

	while (f && (c = getc(f)) != EOF)
		n += c == '\n';
	if (f)
		fclose(f);
	return n > 0 ? n : 0;
}

/* If the kernel has control groups, the task must be in the caller's: a restart keeps its own. */
static int check_cgroup(const struct task *t, const char *own)
{
	char *text = own ? procfs_text(t->pid[0], "cgroup") : NULL;
	bool other = own && (!text || strcmp(text, own));

	free(text);
	return other ? refuse(t, NULL, "it is in another control group than this program") : 0;
}

static int check_task(const struct task *t, const char *own_cgroup, bool semaphores)
{
	struct ptrace_sud_config sud = { .mode = PR_SYS_DISPATCH_OFF };

	/* A kernel that does not know the request does not have it. */
	if (!ptrace(PTRACE_GET_SYSCALL_USER_DISPATCH_CONFIG, t->pid[0], sizeof(sud), &sud) && sud.mode != PR_SYS_DISPATCH_OFF)
		return refuse(t, NULL, "its system calls are dispatched to itself (PR_SET_SYSCALL_USER_DISPATCH)");
	/* This program has nothing to undo.  Who has threads may have an empty list; that is not to be told apart. */
	if (semaphores && syscall(SYS_kcmp, t->pid[0], getpid(), KCMP_SYSVSEM, 0, 0))
		return refuse(t, NULL, "there are System V semaphores, and it may have operations to undo (SEM_UNDO)");
	return check_cgroup(t, own_cgroup);
}

int record_check_settings(const struct recorder *rec)
{
	char *own_cgroup = procfs_text(getpid(), "cgroup");
	bool semaphores = count_objects("/proc/sysvipc/sem");
	int ret = 0;

	for (int i = 0; i < rec->tree.n && !ret; i++)
		if (!held_is_zombie(&rec->tree.held[i]))
			ret = check_task(&rec->tree.held[i].task, own_cgroup, semaphores);
	free(own_cgroup);
	return ret;
}

/* All existing CPUs as bits; 0 if they cannot be counted. */
static uint64_t all_cpus(void)
{
	static uint64_t all;
	char line[256];
	unsigned int cpu;
	FILE *f = all ? NULL : fopen("/proc/stat", "re");

	while (f && fgets(line, sizeof(line), f) && !strncmp(line, "cpu", 3))
		if (sscanf(line, "cpu%u ", &cpu) == 1 && cpu < 64)
			all |= 1ULL << cpu;
	if (f)
		fclose(f);
	return all;
}

static int record_affinity(const struct held *h, struct thread *t)
{
	uint64_t mask = 0;

	if (syscall(SYS_sched_getaffinity, h->remote.tid, sizeof(mask), &mask) < 0)
		return refuse_unread(&h->task, "CPU affinity");
	t->affinity = mask == all_cpus() ? 0 : mask;
	return 0;
}

static int record_scheduling(const struct held *h, struct thread *t)
{
	pid_t tid = h->remote.tid;
	struct sched_attr attr = { .size = sizeof(attr) };
	long io;

	errno = 0;
	t->nice = getpriority(PRIO_PROCESS, tid);
	if (errno || syscall(SYS_sched_getattr, tid, &attr, sizeof(attr), 0))
		return refuse_unread(&h->task, "scheduling policy");
	if (attr.sched_policy == SCHED_DEADLINE)
		return refuse(&h->task, NULL, "its scheduling policy is SCHED_DEADLINE");
	t->policy = attr.sched_policy | (attr.sched_flags & SCHED_FLAG_RESET_ON_FORK ? SCHED_RESET_ON_FORK : 0);
	t->priority = attr.sched_priority;
	t->slice_ns = HAS_SLICE(attr.sched_policy) ? attr.sched_runtime : 0;
	/* A kernel without block devices has no such priority. */
	io = syscall(SYS_ioprio_get, IOPRIO_WHO_PROCESS, tid);
	if (io < 0 && errno != ENOSYS)
		return refuse_unread(&h->task, "I/O priority");
	t->io_priority = io < 0 ? 0 : io;
	return record_affinity(h, t);
}

/*
 * Refuse speculation controls that are not the caller's.  Returns 1 if CPUID can be made to fault on this processor, 0
 * if not, or -1 when refused.
 */
static int check_processor(struct held *h)
{
	static const char *const lines[] = { "Speculation_Store_Bypass", "SpeculationIndirectBranch" };
	static char *own;
	static int faults = -1;
	char why[80];

	if (!own)
		own = procfs_text(getpid(), "status");
	for (size_t i = 0; own && i < sizeof(lines) / sizeof(*lines); i++) {
		const char *a = procfs_value(own, lines[i]), *b = procfs_value(held_status(h), lines[i]);

		if (!a || !b || !strncmp(a, b, strcspn(a, "\n") + 1))
			continue;
		snprintf(why, sizeof(why), "`%.*s' (PR_SET_SPECULATION_CTRL)", (int)strcspn(b, "\n"), b);
		return refuse(&h->task, lines[i], why);
	}
	/* Few processors can be told so; then it is said again what holds, and does nothing. */
	if (faults < 0)
		faults = syscall(SYS_arch_prctl, ARCH_GET_CPUID, 0) == 1 && !syscall(SYS_arch_prctl, ARCH_SET_CPUID, 1);
	return faults;
}

int record_thread_settings(struct held *h, struct thread *t)
{
	struct remote *r = &h->remote;
	const struct procfs_stat *stat = held_stat(h);
	uint32_t flags, tsc = 0;
	char *slack = procfs_text(r->tid, "timerslack_ns");
	int faults = check_processor(h);

	if (!slack || !stat)
		return refuse_unread(&h->task, "timer slack");
	t->timer_slack_ns = strtoull(slack, NULL, 10);
	free(slack);
	flags = stat->field[STAT_FLAGS];
	t->io_flusher = (flags & PF_IO_FLUSHER) == PF_IO_FLUSHER;
	t->mce_kill = flags & PF_MCE_PROCESS ? flags & PF_MCE_EARLY ? PR_MCE_KILL_EARLY : PR_MCE_KILL_LATE :
		      PR_MCE_KILL_DEFAULT;
	if (faults < 0 || record_scheduling(h, t))
		return -1;
	if (faults && REMOTE_CALL(r, __NR_arch_prctl, ARCH_GET_CPUID, 0) != 1)
		return refuse(&h->task, NULL, "the CPUID instruction faults in it (ARCH_SET_CPUID)");
	if (REMOTE_CALL(r, __NR_prctl, PR_GET_TSC, r->scratch) || remote_read(r, r->scratch, &tsc, sizeof(tsc)))
		return refuse_unread(&h->task, "right to read the time-stamp counter");
	t->no_tsc = tsc == PR_TSC_SIGSEGV;
	return 0;
}

/* Find out from our own page whether MCL_ONFAULT is set: is the page locked on fault, or at once? */
static int ask_for_lock(const struct held *h, struct process *p)
{
	char *text = procfs_text(h->remote.tid, "smaps"), line[16], *at, *flags;

	snprintf(line, sizeof(line), "\n%08lx-", h->remote.scratch);
	at = text ? strstr(text, line) : NULL;
	flags = at ? strstr(at, "VmFlags:") : NULL;
	if (flags) {
		flags[strcspn(flags, "\n")] = '\0';
		p->mlock_future = MCL_FUTURE | (strstr(flags, " lf") ? MCL_ONFAULT : 0);
	}
	free(text);
	return flags ? 0 : refuse_unread(&h->task, "locked memory");
}

/* After mlockall(MCL_FUTURE), our own page is locked in addition to those of the recorded mappings. */
static int record_lock(struct held *h, struct process *p)
{
	const char *value = procfs_value(held_status(h), "VmLck");
	uint64_t locked = value ? strtoull(value, NULL, 10) * 1024 : 0;

	for (uint32_t i = 0; i < p->n_vmas && locked; i++)
		if (p->vmas[i].flags & MAP_LOCKED)
			locked -= p->vmas[i].end - p->vmas[i].start;
	return locked ? ask_for_lock(h, p) : 0;
}

int record_process_settings(struct held *h, struct process *p)
{
	struct remote *r = &h->remote;
	long membarrier = REMOTE_CALL(r, __NR_membarrier, MEMBARRIER_CMD_GET_REGISTRATIONS, 0, 0);
	long thp = REMOTE_CALL(r, __NR_prctl, PR_GET_THP_DISABLE, 0, 0, 0, 0);
	long mdwe = REMOTE_CALL(r, __NR_prctl, PR_GET_MDWE, 0, 0, 0, 0);

	if (membarrier < 0 || thp < 0 || mdwe < 0)
		return refuse_unread(&h->task, "settings by prctl() and membarrier()");
	p->membarrier = membarrier;
	p->thp_disable = thp;
	p->mdwe = mdwe;
	return record_lock(h, p);
}
