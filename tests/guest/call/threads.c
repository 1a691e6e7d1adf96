// SPDX-License-Identifier: GPL-2.0
/*
 * Threads with chosen tids, and thread-local storage through esi.
 *
 * A thread is a task like any other: it has a tid at every level, the list names them all, and they are taken
 * while it lives.  The descriptor for CLONE_SETTLS is in esi, as for clone(): the child reads through %gs what
 * the descriptor's segment holds.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <asm/ldt.h>
#include <linux/futex.h>

#include "memory.h"
#include "nest.h"
#include "parked.h"
#include "thread.h"

#define X 21001
#define Y 22002
#define Z 23003

static struct thread threads[4];

struct told {
	struct nspid nspid;
	pid_t tid, tgid;
};

static int tell(void *arg)
{
	struct told *t = arg;

	t->tid = syscall(SYS_gettid);
	t->tgid = syscall(SYS_getpid);
	own_nspid(&t->nspid);
	return 0;
}

static void run_thread(struct told *told, unsigned int nr, const pid_t *pids)
{
	long ret = thread_start(&threads[0], 0, NULL, nr, pids, tell, told);

	expect_errno(ret, 0, "a thread with a chosen tid");
	thread_join(&threads[0]);
	expect(told->tgid, getpid(), "the thread's process");
	expect(told->tid, ret, "the thread's own tid");
	expect(threads[0].told, ret, "what CLONE_PARENT_SETTID stored");
}

static void one_level(void)
{
	struct told told;

	run_thread(&told, LIST(X));
	expect(told.tid, X, "the tid");
}

static void three_levels(void)
{
	struct told told;

	run_thread(&told, LIST(X, Y, Z));
	expect(told.nspid.levels, 3, "the thread's levels");
	expect(told.nspid.pid[0], X, "the tid at level 0");
	expect(told.nspid.pid[1], Y, "the tid at level 1");
	expect(told.nspid.pid[2], Z, "the tid at level 2");
	run_thread(&told, LIST(0, Y, 0));
	expect(told.nspid.pid[1], Y, "the tid at level 1");
	run_thread(&told, NO_LIST);
}

static int until_released(void *arg)
{
	char c;

	return read(*(int *)arg, &c, 1) == 1 ? 0 : 1;
}

/* Four threads at once; none can have another's tid, nor can a process. */
static void four_at_once(void)
{
	int pipefd[2];

	if (pipe(pipefd) < 0)
		broken("pipe");
	for (int i = 0; i < 4; i++)
		expect(thread_start(&threads[i], 0, NULL, LIST(Z + i), until_released, &pipefd[0]), Z + i,
		       "thread %d", i);
	for (int i = 0; i < 4; i++)
		refused(EBUSY, 0, LIST(Z + i));
	if (write(pipefd[1], "1234", 4) != 4)
		broken("write to the threads");
	for (int i = 0; i < 4; i++)
		thread_join(&threads[i]);
	for (int i = 0; i < 4; i++)
		granted(0, LIST(Z + i));
}

static void taken_for_a_thread(void)
{
	struct told told;

	expect_errno(thread_start(&threads[0], 0, NULL, LIST(getpid()), tell, &told), EBUSY,
		     "a thread with its leader's pid");
	expect_errno(thread_start(&threads[0], 0, NULL, LIST(0, 0, 1), tell, &told), EBUSY, "0 0 taken");
	expect(threads[0].told, -1, "what CLONE_PARENT_SETTID stored");
	expect(threads[0].tid, -1, "what CLONE_CHILD_SETTID stored");
	run_thread(&told, LIST(X, Y, Z));
}

/* Ends only when the caller sleeps, which it does on the futex. */
static int until_caller_sleeps(void *arg)
{
	pid_t caller = *(pid_t *)arg;

	while (task_state(caller) != 'S')
		sched_yield();
	return 0;
}

static void cleartid_wakes(void)
{
	struct thread *t = &threads[0];
	pid_t caller = getpid();
	long ret = thread_start(t, 0, NULL, LIST(X), until_caller_sleeps, &caller);

	expect(ret, X, "the thread's tid");
	while (t->tid == -1)	/* stored when the thread first runs */
		sched_yield();
	expect(t->tid, X, "what CLONE_CHILD_SETTID stored");
	if (syscall(SYS_futex, &t->tid, FUTEX_WAIT, X, NULL, NULL, 0) < 0)
		broken("the futex of CLONE_CHILD_CLEARTID: expected to be woken");
	expect(t->tid, 0, "what CLONE_CHILD_CLEARTID stored");
	thread_join(t);
}

/* A word in a segment of its own, which the child reads with %gs. */
static volatile uint32_t storage[16];
static volatile uint32_t seen_through_gs;

static int read_gs(void *arg)
{
	(void)arg;
	seen_through_gs = *(volatile uint32_t __seg_gs *)4;
	return 0;
}

static struct user_desc descriptor(void)
{
	return (struct user_desc){
		.entry_number = 6,	/* the C library's: the child has it loaded in gs already */
		.base_addr = (uintptr_t)storage,
		.limit = sizeof(storage) - 1,
		.seg_32bit = 1,
		.useable = 1,
	};
}

static void tls_of_thread(unsigned int nr, const pid_t *pids)
{
	struct user_desc desc = descriptor();

	storage[1] = 0x7150000 + nr;
	seen_through_gs = 0;
	expect_errno(thread_start(&threads[0], CLONE_SETTLS, &desc, nr, pids, read_gs, NULL), 0, "a thread with TLS");
	thread_join(&threads[0]);
	expect(seen_through_gs, storage[1], "what the thread read at gs:4");
}

static void tls_thread(void)
{
	tls_of_thread(LIST(X, Y, Z));
	tls_of_thread(LIST(0, Y, 0));
	tls_of_thread(NO_LIST);
}

static void tls_process(void)
{
	struct user_desc desc = descriptor();
	struct clone_with_pids_args args = {
		.child_stack_base = (uintptr_t)threads[0].stack,
		.child_stack_size = STACK_SIZE,
		.nr_pids = 3,
	};
	long ret;

	storage[1] = 0x5707a6e;
	ret = clone_with_pids_on_stack(CLONE_VM | CLONE_SETTLS | SIGCHLD, &args, &desc,
				       ((const pid_t[]){ X, Y, Z }), read_gs, NULL);
	expect(ret, Z, "a process with TLS");
	wait_ok(ret, "the process with TLS");
	expect(seen_through_gs, storage[1], "what the process read at gs:4");
}

/* Without CLONE_SETTLS esi may hold anything. */
static void tls_not_looked_at(void)
{
	struct clone_with_pids_args args = { .nr_pids = 1 };
	static const pid_t pids[] = { X };

	expect_errno(try_registers(SIGCHLD, &args, sizeof(args), (void *)0xdeadbeef, pids), 0, "esi 0xdeadbeef");
	expect_errno(try_registers(SIGCHLD, &args, sizeof(args), (void *)0xc0000000, pids), 0, "esi 0xc0000000");
}

static void tls_refused(void)
{
	struct clone_with_pids_args args = { .nr_pids = 1 };
	struct user_desc desc = descriptor();
	static const pid_t pids[] = { X };
	unsigned long flags = CLONE_SETTLS | SIGCHLD;
	static const unsigned int wrong_entries[] = { 0, 5, 9, -1U };

	expect_errno(try_registers(flags, &args, sizeof(args), NULL, pids), EFAULT, "esi NULL");
	expect_errno(try_registers(flags, &args, sizeof(args), put_at(LAST_BYTE_OUT, &desc, sizeof(desc)), pids),
		     EFAULT, "a descriptor across a hole");
	for (size_t i = 0; i < ARRAY_SIZE(wrong_entries); i++) {
		desc.entry_number = wrong_entries[i];
		expect_errno(try_registers(flags, &args, sizeof(args), &desc, pids), EINVAL, "entry %d",
			     (int)desc.entry_number);
	}
	granted(0, LIST(X));
}

static const struct level_row rows[] = {
	{ "a chosen tid, level 0", 0, one_level },
	{ "a chosen tid at each of 3 levels", 2, three_levels },
	{ "four threads at once, level 2", 2, four_at_once },
	{ "a taken tid", 2, taken_for_a_thread },
	{ "CLONE_CHILD_CLEARTID wakes a futex", 0, cleartid_wakes },
	{ "CLONE_SETTLS: a thread", 2, tls_thread },
	{ "CLONE_SETTLS: a process", 2, tls_process },
	{ "esi without CLONE_SETTLS", 0, tls_not_looked_at },
	{ "CLONE_SETTLS: descriptors that clone() refuses", 0, tls_refused },
};

static const struct group threads_groups[] = { ROWS(rows, run_level_row) };

SUITE(threads);
