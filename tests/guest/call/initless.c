// SPDX-License-Identifier: GPL-2.0
/*
 * Two tasks whose children are born in one pid namespace that has no init yet.  A has called unshare(CLONE_NEWPID).  B
 * has joined with setns(), with the ioctl PIDFD_GET_PID_FOR_CHILDREN_NAMESPACE on A's pidfd.
 *
 *	level 0   A, B
 *	level 1   nobody yet
 *
 * While A asks for pid 1, B calls fork().  A has much memory, so that its call spends most of its time in copying that.
 * B is a real-time task, which wakes in the middle of the call.  For B, it is as if A had not made the call: its child
 * is pid 1, and A is told that 1 is taken.  Whoever gets 1, an orphaned grandchild finds an init.
 *
 * B must call fork() while A's call runs.  The test measures that, and repeats the attempt until it is so.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <linux/sched.h>

#include "nest.h"

#define PIDFD_GET_PID_FOR_CHILDREN_NAMESPACE _IO(0xff, 6)
#define X 21001
#define ROUNDS 40

/*
 * Page tables to copy, and hardly a page behind them: all of it is the one page of zeros.  A fork() takes longer than
 * the scheduler's tick, which soon after the boot is the finest that the kernel can sleep.
 */
#define MEMORY (768UL << 20)
#define MEMORY_OF_SLOW (128UL << 20)
#define PAGE   4096

struct row {
	const char *name;
	enum { BY_PIDS, BY_CLONE3, BY_CLONE } method;
	unsigned int nr;
	pid_t pids[2];
	int error;		/* A's, if B has got pid 1; 0: A's child is another then */
};

static const struct row rows[] = {
	{ "clone_with_pids(1)", BY_PIDS, 1, { 1 }, EBUSY },
	{ "clone_with_pids(x 1)", BY_PIDS, 2, { X, 1 }, EBUSY },
	{ "clone_with_pids(x 0)", BY_PIDS, 2, { X, 0 }, 0 },
	{ "clone3(1)", BY_CLONE3, 1, { 1 }, EEXIST },
	{ "clone()", BY_CLONE, 0, { 0 }, 0 },
};

/* What the tasks of a round share. */
static struct meeting {
	volatile pid_t a;
	volatile int round;
	volatile long child_ns;		/* when the child of A's first fork() began */
	volatile long call_ns;		/* how long that fork() took */
	volatile int begun, ended;	/* A's call */
	volatile int met;		/* B's fork() began and ended between the two */
	volatile long a_ret, b_ret;	/* a pid, or -errno */
	volatile pid_t a_number, b_number;	/* of their children, at level 1 */
} *m;

static size_t size;
static int to_b[2], to_a[2], reports[2], end[2];

static void say(const int pipefd[2])
{
	if (write(pipefd[1], "", 1) != 1)
		broken("write to a pipe");
}

static void hear(const int pipefd[2])
{
	char byte;

	if (read(pipefd[0], &byte, 1) != 1)
		broken("read from a pipe");
}

static void wait_for_end(void)
{
	char byte;

	close(end[1]);
	if (read(end[0], &byte, 1))
		broken("wait for the end of a round");
}

static void reap(pid_t pid)
{
	if (waitpid(pid, NULL, 0) != pid)
		broken("wait for %d", pid);
}

static long now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000L + t.tv_nsec;	/* differences are good for two seconds */
}

/* The second call takes as long.  Which of parent and child runs first is the scheduler's choice. */
static void measure_fork(void)
{
	long begun = now_ns(), returned;
	pid_t pid = plain_clone(0);

	if (!pid) {
		m->child_ns = now_ns();
		_exit(0);
	}
	returned = now_ns();
	reap(pid);
	if (returned - m->child_ns > 0)
		returned = m->child_ns;
	m->call_ns = returned - begun;
}

/* 0 in the child, which has the caller's stack, a pid or -errno. */
static long call_of_a(const struct row *r)
{
	struct clone_with_pids_args args = { .nr_pids = r->nr };
	struct clone_args c3 = {
		.exit_signal = SIGCHLD, .set_tid = (uintptr_t)r->pids, .set_tid_size = r->nr,
	};

	switch (r->method) {
	case BY_PIDS:
		return clone_with_pids_raw(SIGCHLD, &args, sizeof(args), NULL, r->pids);
	case BY_CLONE3:
		return system_call(SYS_clone3, (unsigned long)&c3, sizeof(c3), 0, 0, 0);
	default:
		return system_call(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	}
}

static __attribute__((noreturn)) void be_a(const struct row *r)
{
	long ret;

	hear(to_a);
	measure_fork();
	if (unshare(CLONE_NEWPID) < 0)
		broken("unshare(CLONE_NEWPID)");
	m->a = getpid();
	say(to_b);
	hear(to_a);
	say(to_b);
	m->begun = 1;
	ret = call_of_a(r);
	if (!ret) {
		m->a_number = syscall(SYS_getpid);
		say(reports);
		wait_for_end();
		_exit(0);
	}
	m->ended = 1;
	m->a_ret = ret;
	if (ret < 0)
		say(reports);
	wait_for_end();
	if (ret > 0)
		reap(ret);
	_exit(0);
}

static void join_a(void)
{
	int pidfd = syscall(SYS_pidfd_open, m->a, 0);
	int ns = ioctl(pidfd, PIDFD_GET_PID_FOR_CHILDREN_NAMESPACE, 0);

	if (pidfd < 0 || ns < 0)
		broken("the namespace of A's children");
	if (setns(ns, CLONE_NEWPID) < 0)
		broken("setns to the namespace of A's children");
	close(ns);
	close(pidfd);
}

/* B's child leaves a child behind when it ends. */
static __attribute__((noreturn)) void be_child_of_b(void)
{
	pid_t orphan;

	m->b_number = syscall(SYS_getpid);
	orphan = plain_clone(0);
	if (!orphan) {
		close(end[1]);
		for (;;)
			pause();
	}
	if (orphan < 0)
		broken("create an orphan-to-be");
	say(reports);
	wait_for_end();
	_exit(0);
}

static __attribute__((noreturn)) void be_b(char *memory)
{
	static const struct sched_param realtime = { .sched_priority = 50 };
	struct timespec part = { 0 };
	int begun;
	long ret;

	munmap(memory, size);
	say(to_a);
	hear(to_b);
	join_a();
	if (syscall(SYS_sched_setscheduler, 0, SCHED_FIFO | SCHED_RESET_ON_FORK, &realtime) < 0)
		broken("sched_setscheduler");
	say(to_a);
	hear(to_b);
	part.tv_nsec = m->call_ns / 10 * (3 + m->round % 5) % 1000000000;
	nanosleep(&part, NULL);
	begun = m->begun;
	ret = plain_clone(0);
	if (!ret)
		be_child_of_b();
	m->met = begun && !m->ended;
	m->b_ret = ret > 0 ? ret : -errno;
	if (ret < 0)
		say(reports);
	wait_for_end();
	if (ret > 0)
		reap(ret);
	_exit(0);
}

/* Each of the two has a child or an error, and they fit. */
static void judge(const struct row *r)
{
	if (m->b_number == 1) {
		if (r->error)
			expect(m->a_ret, -r->error, "A's call, when B's child is pid 1");
		else
			expect(m->a_number > 1, true, "A's child is not pid 1 as well");
		return;
	}
	expect(m->a_number, 1, "A's child, when B's is not pid 1");
	if (m->b_ret < 0)
		expect_errno(m->b_ret, ENOMEM, "B's fork() while A's child is being made an init");
	else
		expect(m->b_number, 2, "B's child, when A's is pid 1");
}

/* Did B fork() during A's call, and get the init? */
static bool round_met(int round, const struct row *r, char *memory)
{
	pid_t a, b;

	*m = (struct meeting){ .round = round };
	if (pipe(to_a) < 0 || pipe(to_b) < 0 || pipe(reports) < 0 || pipe(end) < 0)
		broken("pipe");
	a = plain_clone(0);
	if (!a)
		be_a(r);
	b = plain_clone(0);
	if (!b)
		be_b(memory);
	hear(reports);
	hear(reports);
	close(end[0]);
	close(end[1]);
	wait_ok(a, "A");
	wait_ok(b, "B");
	for (int i = 0; i < 2; i++) {
		close(to_a[i]);
		close(to_b[i]);
		close(reports[i]);
	}
	judge(r);
	return m->met && m->b_number == 1;
}

static char *much_memory(void)
{
	char *memory;

	size = kernel_is_slow() ? MEMORY_OF_SLOW : MEMORY;
	memory = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_POPULATE, -1, 0);
	if (memory == MAP_FAILED || mprotect(memory, size, PROT_READ | PROT_WRITE) < 0)
		broken("map much memory");
	memory[0] = 1;		/* what has no page of its own is not copied */
	return memory;
}

static void run_row(const void *row)
{
	char *memory = much_memory();

	m = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (m == MAP_FAILED)
		broken("mmap");
	for (int round = 0; round < ROUNDS; round++)
		if (round_met(round, row, memory))
			return;
	fail("in %d rounds B's fork() did not once get pid 1 while A's call ran", ROUNDS);
}

static const struct group initless_groups[] = { ROWS(rows, run_row) };

SUITE(initless);
