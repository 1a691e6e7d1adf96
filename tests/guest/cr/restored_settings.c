// SPDX-License-Identifier: GPL-2.0
/*
 * Settings of a process and of each of its threads come back: scheduling, and what prctl() and the like have set.  The
 * task itself reads them.  What an image cannot hold is refused.  And this kernel really lacks what docs/checkpoint.md
 * says that it lacks.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <asm/prctl.h>
#include <linux/membarrier.h>
#include <linux/sched/types.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "lib/report.h"
#include "roundtrip.h"
#include "cr/image/settings.h"

/* Younger than the C library's header: include/uapi/linux/prctl.h. */
#define PR_SCHED_CORE 62
#define PR_SCHED_CORE_CREATE 1
#define PR_SET_MEMORY_MERGE 67
#define PR_SET_VMA 0x53564d41

#define PAGE 4096
#define PRIVATE MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED
#define GLOBAL  MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED

static long membarrier(int command)
{
	return syscall(SYS_membarrier, command, 0, 0);
}

static void registered(void)
{
	MUST(!membarrier(PRIVATE) && !membarrier(GLOBAL));
	record_here();
	SAME(membarrier(MEMBARRIER_CMD_GET_REGISTRATIONS), PRIVATE | GLOBAL);
	SAME(membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED), 0);
}

static void unregistered(void)
{
	record_here();
	SAME(membarrier(MEMBARRIER_CMD_GET_REGISTRATIONS), 0);
	SAME(prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0), 0);
	SAME(prctl(PR_GET_MDWE, 0, 0, 0, 0), 0);
}

static bool is_resident(void *page)
{
	unsigned char v[1];

	MUST(!mincore(page, PAGE, v));
	return v[0] & 1;
}

static void *new_page(void)
{
	void *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	MUST(page != MAP_FAILED);
	return page;
}

/* Of the mapping that the page is in. */
static bool has_flag(void *page, const char *flag)
{
	unsigned long address = (unsigned long)page, start, end;
	char text[256], word[8];
	FILE *f = fopen("/proc/self/smaps", "re");
	bool there = false, has = false;

	snprintf(word, sizeof(word), " %s", flag);
	while (f && fgets(text, sizeof(text), f)) {
		if (sscanf(text, "%lx-%lx ", &start, &end) == 2)
			there = start <= address && address < end;
		else if (there && !strncmp(text, "VmFlags:", 8))
			has = strstr(text, word);
	}
	MUST(f && !fclose(f));
	return has;
}

static void locked_in_future(void)
{
	void *before = new_page();

	MUST(!mlockall(MCL_FUTURE));
	record_here();
	MUST(!is_resident(before) && !has_flag(before, "lo"));
	MUST(is_resident(new_page()) && has_flag(new_page(), "lo") && !has_flag(new_page(), "lf"));
}

static void locked_on_fault(void)
{
	char *some = new_page(), *page;

	MUST(!syscall(SYS_mlock2, some, PAGE, MLOCK_ONFAULT) && !mlockall(MCL_FUTURE | MCL_ONFAULT));
	record_here();
	MUST(!is_resident(some) && has_flag(some, "lf"));
	page = new_page();
	MUST(!is_resident(page) && has_flag(page, "lo") && has_flag(page, "lf"));
}

/* For one who may not lock memory any more. */
static void locked_as_nobody(void)
{
	volatile uint32_t *words = share_words();
	const struct rlimit little = { 64 * PAGE, 64 * PAGE };
	pid_t child = fork();
	int status;

	if (!child) {
		MUST(!mlockall(MCL_FUTURE) && !setrlimit(RLIMIT_MEMLOCK, &little) && !setuid(1000));
		words[0] = 1;
		await_word(&words[1], 1);
		MUST(is_resident(new_page()));
		MUST(mmap(NULL, 65 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED && errno == EAGAIN);
		_exit(0);
	}
	await_word(&words[0], 1);
	record_here();
	words[1] = 1;
	MUST(waitpid(child, &status, 0) == child);
	SAME(status, 0);
}

static void protected(void)
{
	void *page = new_page();

	MUST(!prctl(PR_SET_MDWE, 3, 0, 0, 0) && !prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0));
	record_here();
	SAME(prctl(PR_GET_MDWE, 0, 0, 0, 0), 3);
	MUST(mprotect(page, PAGE, PROT_READ | PROT_EXEC) < 0 && errno == EACCES);
	SAME(prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0), 1);
}

/* What each thread has of its own: another one in each. */
struct own {
	long slack, mce, flusher, tsc;
	struct sched_attr attr;
};

static struct own ask(void)
{
	struct own own = { .slack = prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0), .mce = prctl(PR_MCE_KILL_GET, 0, 0, 0, 0) };
	int tsc = 0;

	own.flusher = prctl(PR_GET_IO_FLUSHER, 0, 0, 0, 0);
	MUST(!prctl(PR_GET_TSC, &tsc) && !syscall(SYS_sched_getattr, 0, &own.attr, sizeof(own.attr), 0));
	own.tsc = tsc;
	return own;
}

static void must_have(const struct own *was)
{
	struct own is = ask();

	SAME(is.slack, was->slack);
	SAME(is.mce, was->mce);
	SAME(is.flusher, was->flusher);
	SAME(is.tsc, was->tsc);
	SAME(is.attr.sched_policy, was->attr.sched_policy);
	SAME(is.attr.sched_flags, was->attr.sched_flags);
	SAME(is.attr.sched_nice, was->attr.sched_nice);
	SAME(is.attr.sched_priority, was->attr.sched_priority);
	SAME(is.attr.sched_runtime, was->attr.sched_runtime);
}

static void set_slice(int policy, int nice, uint64_t ns)
{
	struct sched_attr attr = {
		.size = sizeof(attr), .sched_policy = policy, .sched_nice = nice, .sched_runtime = ns,
		.sched_flags = 1,	/* SCHED_FLAG_RESET_ON_FORK */
	};

	MUST(!syscall(SYS_sched_setattr, 0, &attr, 0));
}

static void *second(void *arg)
{
	volatile uint32_t *words = arg;
	struct own own;

	MUST(!prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0) && !prctl(PR_MCE_KILL, PR_MCE_KILL_SET, PR_MCE_KILL_LATE, 0, 0));
	MUST(!prctl(PR_SET_TSC, PR_TSC_SIGSEGV));
	set_slice(SCHED_BATCH, -3, 7000000);
	own = ask();
	words[0] = 1;
	await_restart();
	must_have(&own);
	words[0] = 2;
	return NULL;
}

static void each_thread(void)
{
	volatile uint32_t *words = share_words();
	pthread_t thread;
	struct own own;

	MUST(!pthread_create(&thread, NULL, second, (void *)words));
	await_word(words, 1);
	MUST(!prctl(PR_SET_TIMERSLACK, 123456, 0, 0, 0) && !prctl(PR_MCE_KILL, PR_MCE_KILL_SET, PR_MCE_KILL_EARLY, 0, 0));
	MUST(!prctl(PR_SET_IO_FLUSHER, 1, 0, 0, 0));
	own = ask();
	record_here();
	must_have(&own);
	MUST(!pthread_join(thread, NULL));
	SAME(words[0], 2);
}

/* A real-time task has no slack; and that of others is not lost with it. */
static void real_time(void)
{
	const struct sched_param param = { .sched_priority = 3 };
	struct own own;

	MUST(!syscall(SYS_sched_setscheduler, 0, SCHED_RR, &param));
	own = ask();
	SAME(own.slack, 0);
	record_here();
	must_have(&own);
}

/* The first CPU alone; of a machine with one that is all, and comes back as all. */
static void bound(void)
{
	unsigned long one = 1, is = 0;

	MUST(!syscall(SYS_sched_setaffinity, 0, sizeof(one), &one));
	record_here();
	MUST(syscall(SYS_sched_getaffinity, 0, sizeof(is), &is) > 0);
	SAME(is, 1);
}

static const struct subject_row subjects[] = {
	{ "membarrier registrations", registered, EVERY_WAY },
	{ "no registrations", unregistered, 0 },
	{ "memory to be locked", locked_in_future, EVERY_WAY },
	{ "memory to be locked on fault", locked_on_fault, 0 },
	{ "memory to be locked, of nobody", locked_as_nobody, 0 },
	{ "memory that must not become code, nor huge", protected, EVERY_WAY },
	{ "each thread's own", each_thread, EVERY_WAY },
	{ "a real-time task", real_time, 0 },
	{ "CPU affinity", bound, EVERY_WAY },
};

static void dispatched(void)
{
	static volatile char selector = 0;	/* SYSCALL_DISPATCH_FILTER_ALLOW */

	MUST(!prctl(PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_ON, 0, 0, &selector));
	record_here();
	MUST(!prctl(PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_OFF, 0, 0, 0));
}

static void undoes(void)
{
	struct sembuf up = { .sem_op = 1, .sem_flg = SEM_UNDO };
	int id = semget(IPC_PRIVATE, 1, 0600);

	MUST(id >= 0 && !semop(id, &up, 1));
	record_here();
	SAME(semctl(id, 0, GETVAL), 1);
	MUST(!semctl(id, 0, IPC_RMID));
}

static const struct refusal_row refusals[] = {
	{ "system calls dispatched to the program", dispatched, "PR_SET_SYSCALL_USER_DISPATCH" },
	{ "operations on semaphores to undo", undoes, "SEM_UNDO" },
};

static long by_prctl(long a, long b, long c)
{
	return prctl(a, b, c, 0, 0) < 0 ? -errno : 0;
}

static long by_call(long number, long a, long b)
{
	return syscall(number, a, b, 0, 0, 0, 0) < 0 ? -errno : 0;
}

/* What the table in docs/checkpoint.md says that this kernel is built without. */
static const struct absence {
	const char *name;
	long (*call)(long a, long b, long c);
	long a, b, c;
	int error;
} absences[] = {
	{ "I/O priorities", by_call, SYS_ioprio_get, 1, 0, ENOSYS },
	{ "local descriptor tables", by_call, SYS_modify_ldt, 0, 0, ENOSYS },
	{ "permissions of ports", by_call, SYS_ioperm, 0x80, 1, ENOSYS },
	{ "permissions of all ports", by_call, SYS_iopl, 3, 0, ENOSYS },
	{ "virtual 8086 mode", by_call, SYS_vm86, 0, 0, ENOSYS },
	{ "keyrings", by_call, SYS_keyctl, 0, 0, ENOSYS },
	{ "io_uring", by_call, SYS_io_uring_setup, 1, 0, ENOSYS },
	{ "asynchronous I/O", by_call, SYS_io_setup, 1, 0, ENOSYS },
	{ "Landlock", by_call, SYS_landlock_create_ruleset, 0, 0, ENOSYS },
	{ "memory policies", by_call, SYS_set_mempolicy, 0, 0, ENOSYS },
	{ "message queues of POSIX", by_call, SYS_mq_unlink, (long)"a", 0, ENOSYS },
	{ "control groups", by_call, SYS_access, (long)"/proc/self/cgroup", 0, ENOENT },
	{ "groups of the scheduler", by_call, SYS_access, (long)"/proc/self/autogroup", 0, ENOENT },
	{ "what is dumped", by_call, SYS_access, (long)"/proc/self/coredump_filter", 0, ENOENT },
	{ "logins that are audited", by_call, SYS_access, (long)"/proc/self/loginuid", 0, ENOENT },
	{ "merging of pages", by_prctl, PR_SET_MEMORY_MERGE, 1, 0, EINVAL },
	{ "core scheduling", by_prctl, PR_SCHED_CORE, PR_SCHED_CORE_CREATE, 0, EINVAL },
	{ "names of anonymous memory", by_prctl, PR_SET_VMA, 0, 0, EINVAL },
	{ "tracers by name", by_prctl, PR_SET_PTRACER, 1, 0, EINVAL },
};

static void absent(const void *row)
{
	const struct absence *a = row;

	expect_errno(a->call(a->a, a->b, a->c), a->error, "%s", a->name);
}

static const struct group restored_settings_groups[] = { SUBJECTS(subjects), REFUSALS(refusals), ROWS(absences, absent) };
SUITE(restored_settings);
