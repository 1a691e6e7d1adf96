// SPDX-License-Identifier: GPL-2.0
/*
 * Limits that are hit while pids are chosen.  The call fails as clone() does; no pid in the list stays taken at any
 * level; no counter has moved; and an ordinary fork works when the limit is gone.
 *
 * Elsewhere: the deepest level (`levels'), RLIMIT_NPROC for those who may not choose (`capabilities'), a pid that is
 * not below pid_max (`pids'), a namespace whose first child failed or that has never had an init (`unshare').  The
 * pids cgroup is in none of our kernels.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <linux/capability.h>
#include <linux/sched.h>

#include "nest.h"
#include "lib/report.h"

#define X 21001
#define Y 22002
#define Z 23003
#define NOBODY 65534

/* A limit in a file; the lists are those of a caller at level 2. */
struct limit_row {
	const char *name;
	const char *path;
	long low;
	int error;
	unsigned long flags;
	unsigned int nr;
	pid_t pids[3];
};

/* The smallest limit of tasks that can be set is 20, and that many there are as soon as a case runs. */
static const struct limit_row limit_rows[] = {
	{ "kernel.threads-max, x y z", THREADS_MAX, 20, EAGAIN, 0, 3, { X, Y, Z } },
	{ "kernel.threads-max, z", THREADS_MAX, 20, EAGAIN, 0, 1, { Z } },
	{ "kernel.threads-max, no list", THREADS_MAX, 20, EAGAIN, 0, 0, { 0 } },
	{ "kernel.threads-max, CLONE_NEWPID, x y z", THREADS_MAX, 20, EAGAIN, CLONE_NEWPID, 3, { X, Y, Z } },
	{ "user.max_pid_namespaces, x y z", MAX_PID_NAMESPACES, 0, ENOSPC, CLONE_NEWPID, 3, { X, Y, Z } },
	{ "user.max_pid_namespaces, z", MAX_PID_NAMESPACES, 0, ENOSPC, CLONE_NEWPID, 1, { Z } },
	{ "user.max_pid_namespaces, no list", MAX_PID_NAMESPACES, 0, ENOSPC, CLONE_NEWPID, 0, { 0 } },
	{ "user.max_pid_namespaces, no namespace asked for", MAX_PID_NAMESPACES, 0, 0, 0, 3, { X, Y, Z } },
};

static void call_below_limit(const void *arg)
{
	const struct limit_row *r = arg;
	long before = read_sysctl(r->path), ret;

	write_sysctl(r->path, r->low);
	ret = try_pids(r->flags, r->nr, r->pids);
	write_sysctl(r->path, before);
	expect_errno(ret, r->error, "%s lowered to %ld", r->path, r->low);
}

static void limit_at_level_2(const void *arg)
{
	const struct limit_row *r = arg;

	counters_stay(call_below_limit, r);
	granted(r->flags, r->nr, r->pids);
	granted(0, r->nr, r->pids);
}

static void run_limit(const void *row)
{
	at_level(2, limit_at_level_2, row);
}

/*
 * clone() asks for CAP_SYS_ADMIN or CAP_SYS_RESOURCE of a user who has too many processes.  Who may choose pids has
 * the former: there is no call with a list that this limit could stop, and there is the same call without.
 */
static void nproc_exempts(void)
{
	static const struct rlimit none = { 0, 0 };

	if (setrlimit(RLIMIT_NPROC, &none) < 0 || prctl(PR_SET_KEEPCAPS, 1) < 0 || setuid(NOBODY) < 0)
		broken("become a user with no processes");
	keep_capabilities(1ULL << CAP_SYS_ADMIN);
	granted(0, LIST(X, Y, Z));
	granted(CLONE_NEWPID, LIST(X, Y, Z));
}

static void nproc_without_list(void)
{
	static const struct rlimit none = { 0, 0 };
	struct nspid before, after;
	pid_t pid;

	born_plain(&before);
	pid = plain_clone(0);
	if (!pid) {
		if (setrlimit(RLIMIT_NPROC, &none) < 0 || setuid(NOBODY) < 0)
			broken("become a user with no processes");
		for (int i = 0; i < 10; i++)
			expect_errno(try_pids(0, NO_LIST), EAGAIN, "a user with no processes, no list");
		_exit(0);
	}
	wait_ok(pid, "a user with no processes");
	born_plain(&after);
	for (int level = 1; level <= 2; level++)
		expect(after.pid[level] - before.pid[level], 2, "numbers used at level %d", level);
}

/* Found when the child is all but made: there is no number for the descriptor of CLONE_PIDFD. */
static void no_descriptor(void)
{
	int pidfd = -1, next = dup(0);
	struct clone_with_pids_args args = { .parent_tid_ptr = (uintptr_t)&pidfd, .nr_pids = 3 };
	static const pid_t pids[] = { X, Y, Z };
	struct nspid before, after;
	struct rlimit old, full;

	born_plain(&before);
	if (next < 0 || close(next) < 0 || getrlimit(RLIMIT_NOFILE, &old) < 0)
		broken("look for the next descriptor");
	full = (struct rlimit){ next, old.rlim_max };
	for (int i = 0; i < 10; i++) {
		if (setrlimit(RLIMIT_NOFILE, &full) < 0)
			broken("setrlimit");
		expect_errno(try_registers(CLONE_PIDFD | SIGCHLD, &args, sizeof(args), NULL, pids), EMFILE,
			     "CLONE_PIDFD without a free descriptor");
		expect(pidfd, -1, "what CLONE_PIDFD stored");
		if (setrlimit(RLIMIT_NOFILE, &old) < 0)
			broken("setrlimit");
		granted(0, LIST(X, Y, Z));
	}
	born_plain(&after);
	for (int level = 1; level <= 2; level++)
		expect(after.pid[level] - before.pid[level], 1, "numbers used at level %d", level);
	expect(fcntl(next, F_GETFD), -1, "the next descriptor");
}

/* A task keeps its pid when the limit falls below it.  Asked for again it is invalid then, and not taken. */
static void pid_max_below_a_task(void)
{
	long max = read_sysctl(PID_MAX);
	struct held h = hold(0, LIST(max - 1, max - 2, max - 3));

	refused(EBUSY, 0, LIST(max - 1, 0, 0));
	write_sysctl(PID_MAX, max - 10);
	refused(EINVAL, 0, LIST(max - 1, Y, Z));
	refused(EINVAL, 0, LIST(X, max - 2, Z));
	refused(EINVAL, 0, LIST(X, Y, max - 3));
	granted(0, LIST(X, Y, Z));
	release(&h);
	refused(EINVAL, 0, LIST(X, Y, max - 3));
	write_sysctl(PID_MAX, max);
	granted(0, LIST(max - 1, max - 2, max - 3));
}

/* A pid below 300 that nobody has at level 0: the kernel itself leaves them alone once its counter is past them. */
static pid_t small_free_pid(pid_t but)
{
	for (pid_t pid = 299; pid > 1; pid--) {
		if (pid != but && try_pids(0, LIST(pid, Y)) > 0)
			return pid;
	}
	fail("no pid below 300 is free at level 0");
}

/*
 * Past 300 the kernel chooses from 300 on: with pid_max 301 that is one number, and with that one taken the namespace
 * is full.  All of the machine is, while it lasts; hence no fork before pid_max is back.
 */
static void full_namespace(void)
{
	long max = read_sysctl(PID_MAX), ret[4];
	pid_t a = small_free_pid(0), b = small_free_pid(a);
	struct held last = hold(0, LIST(a, 300));
	struct nspid n;

	write_sysctl(NS_LAST_PID, 300);
	write_sysctl(PID_MAX, 301);
	ret[0] = try_pids(0, LIST(b, 0));
	ret[1] = try_pids(CLONE_NEWPID, LIST(b, 0));
	ret[2] = try_pids(0, LIST(a, 0));
	ret[3] = try_pids(0, LIST(b, 299));
	write_sysctl(PID_MAX, max);
	expect_errno(ret[0], EAGAIN, "b 0 in a full namespace");
	expect_errno(ret[1], EAGAIN, "b 0 in a full namespace, CLONE_NEWPID");
	expect_errno(ret[2], EBUSY, "taken 0 in a full namespace");
	expect_errno(ret[3], 0, "b 299 in a full namespace");
	granted(0, LIST(b, 299));
	granted(CLONE_NEWPID, LIST(b, 0));
	release(&last);
	granted(0, LIST(a, 300));
	born_plain(&n);
}

static void open_ns(const char *path, int *fd)
{
	*fd = open(path, O_RDONLY | O_CLOEXEC);
	if (*fd < 0)
		broken("open %s", path);
}

static void children_in(int fd)
{
	if (setns(fd, CLONE_NEWPID) < 0)
		broken("setns");
}

/* In every way the same error; and the namespaces above do not notice, but where the kernel was to choose. */
static void nobody_is_born(const char *state)
{
	static const struct {
		unsigned int nr;
		pid_t pids[3];
	} lists[] = { { 0, { 0 } }, { 3, { X, Y, Z } }, { 1, { Z } }, { 3, { X, 0, Z } }, { 3, { 0, 0, 0 } } };

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		for (int times = 0; times < 3; times++)
			expect_errno(try_pids(0, lists[i].nr, lists[i].pids), ENOMEM, "the namespace is %s, list %d",
				     state, (int)i);
	}
}

/*
 * The caller at level 1 has two children at level 2: the init (x1 y1 1) and another (x2 y2 2).  When the init is
 * killed it takes the other with it, and waits in zap_pid_ns_processes() until that one is reaped, which is up to us.
 */
static void dying_namespace(void)
{
	struct nspid before, after;
	struct held init, other;
	siginfo_t info = { 0 };
	int ours, theirs;
	char path[40];

	open_ns("/proc/self/ns/pid", &ours);
	born_plain(&before);
	if (unshare(CLONE_NEWPID) < 0)
		broken("unshare(CLONE_NEWPID)");
	init = hold(0, LIST(X + 1, Y + 1, 1));
	other = hold(0, LIST(X + 2, Y + 2, 2));
	snprintf(path, sizeof(path), "/proc/%d/ns/pid", X + 1);
	open_ns(path, &theirs);

	if (kill(init.pid, SIGKILL) < 0 || waitid(P_PID, other.pid, &info, WEXITED | WNOWAIT) < 0)
		broken("kill the init");
	expect(info.si_status, SIGKILL, "what ended the other child");
	info.si_pid = 0;
	if (waitid(P_PID, init.pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0)
		broken("look at the init");
	expect(info.si_pid, 0, "the init has ended");
	for (int i = 0; i < 5; i++)
		expect_errno(try_pids(0, LIST(X, Y, Z)), ENOMEM, "the namespace is dying, x y z");
	expect_errno(try_pids(0, LIST(X, Y, 2)), EBUSY, "the zombie's pid");
	expect_errno(try_pids(0, LIST(X, Y, 1)), EBUSY, "the init's pid");
	expect_errno(try_pids(0, LIST(X + 2, Y, Z)), EBUSY, "the zombie's pid at level 0");
	children_in(ours);
	born_plain(&after);
	expect(after.pid[1], before.pid[1] + 1, "the next number at level 1");
	granted(0, LIST(X, Y));
	children_in(theirs);
	nobody_is_born("dying");

	if (waitpid(other.pid, NULL, 0) != other.pid || waitpid(init.pid, NULL, 0) != init.pid)
		broken("reap the two");
	nobody_is_born("dead");
	expect_errno(try_pids(0, LIST(X, Y, 1)), ENOMEM, "the namespace is dead, the init's pid");
	children_in(ours);
	granted(0, LIST(X, Y));
	granted(0, LIST(X + 1, Y + 1));
	granted(0, LIST(X + 2, Y + 2));
	born_plain(&after);
}

static const struct level_row rows[] = {
	{ "RLIMIT_NPROC: a list is exempt", 2, nproc_exempts },
	{ "RLIMIT_NPROC: without a list it is EAGAIN", 2, nproc_without_list },
	{ "RLIMIT_NOFILE: CLONE_PIDFD is EMFILE", 2, no_descriptor },
	{ "kernel.pid_max below the pids of a task", 2, pid_max_below_a_task },
	{ "a namespace without a free pid: EAGAIN", 1, full_namespace },
	{ "a namespace that is dying, then dead: ENOMEM", 1, dying_namespace },
};

static const struct group limits_groups[] = { ROWS(limit_rows, run_limit), ROWS(rows, run_level_row) };

SUITE(limits);
