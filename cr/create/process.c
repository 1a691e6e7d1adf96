// SPDX-License-Identifier: GPL-2.0
/* Each process creates its children, waits for the outcome of each, and reports its own to its creator. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <asm/unistd.h>
#include <linux/sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "call.h"
#include "inside.h"
#include "process.h"
#include "lib/interrupt.h"
#include "lib/refusal.h"
#include "lib/report.h"

/* Create it with the pids of the plan, or with plain clone() if there are none.  Returns as clone(), but -errno. */
static long create_process(const struct inherited *in, const struct planned *p)
{
	unsigned long flags = (p->new_pid_ns ? CLONE_NEWPID : 0) | (p->new_uts ? CLONE_NEWUTS : 0) |
			      (p->new_mounts ? CLONE_NEWNS : 0);
	struct create_call call;

	create_call_prepare(&call, in->clone3, &p->pid, &p->chosen, flags, p->exit_signal);
	return create_call_make(&call);
}

/* After EBUSY or EEXIST: find the level, in the image, at which the pid is taken; -1: not known. */
static int find_taken_level(const struct planned *p)
{
	int entry = refusal_taken(p->pid.nr + p->chosen.first, p->chosen.n);

	return entry < 0 ? -1 : (int)p->chosen.first + entry;
}

static ssize_t read_retry(int fd, void *buf, size_t size)
{
	ssize_t n;

	do
		n = read(fd, buf, size);
	while (n < 0 && errno == EINTR);
	return n;
}

struct outcome create_await_outcome(int fd, int index, int bound_ms)
{
	struct outcome outcome = { .step = STEP_DIED, .index = index };
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	int ready;

	do
		ready = poll(&poll_fd, 1, bound_ms);
	while (ready < 0 && errno == EINTR && !interrupted());
	if (ready <= 0)
		outcome.error = ready ? errno : ETIMEDOUT;
	else if (read_retry(fd, &outcome, sizeof(outcome)) < 0)
		outcome.error = errno;
	return outcome;
}

static void run_process(const struct inherited *in, int index, int say_fd) __attribute__((noreturn));

struct outcome create_one(const struct inherited *in, int index, pid_t *pid)
{
	const struct planned *p = &in->planned[index];
	struct outcome outcome;
	int fds[2];
	long ret;

	*pid = -1;
	if (create_fill_window(in, index))
		return (struct outcome){ .step = STEP_MEMORY, .index = index, .error = errno };
	if (pipe2(fds, O_CLOEXEC))
		return (struct outcome){ .step = STEP_PIPE, .index = index, .error = errno };
	ret = create_process(in, p);
	if (!ret) {
		close(fds[0]);
		run_process(in, index, fds[1]);
	}
	close(fds[1]);
	if (ret < 0) {
		outcome = (struct outcome){ STEP_CREATE, index, -ret, -1 };
		if (ret == -EBUSY || ret == -EEXIST)
			outcome.level = find_taken_level(p);
	} else {
		*pid = ret;
		outcome = create_await_outcome(fds[0], index, -1);
	}
	close(fds[0]);
	return outcome;
}

static struct outcome create_children(const struct inherited *in, int index, bool early)
{
	struct outcome outcome = { .step = STEP_DONE, .index = index };
	pid_t pid;

	for (int i = in->planned[index].first[early]; i >= 0 && outcome.step == STEP_DONE; i = in->planned[i].next)
		outcome = create_one(in, i, &pid);
	return outcome;
}

/* Set up what children inherit, and create them: some before setsid(), the others after it. */
static struct outcome become(const struct inherited *in, int index)
{
	const struct planned *p = &in->planned[index];
	struct outcome outcome;

	if (p->new_uts) {
		const struct uts *u = &in->utss[p->uts];

		if (sethostname(u->nodename, strlen(u->nodename)) || setdomainname(u->domainname, strlen(u->domainname)))
			return (struct outcome){ .step = STEP_UTS, .index = index, .error = errno };
	}
	if (create_mounts(in, p))
		return (struct outcome){ .step = STEP_MOUNT, .index = index, .error = errno };
	if (create_masters(in, p))
		return (struct outcome){ .step = STEP_PTY, .index = index, .error = errno };
	if (p->subreaper && prctl(PR_SET_CHILD_SUBREAPER, 1))
		return (struct outcome){ .step = STEP_REAPER, .index = index, .error = errno };
	outcome = create_children(in, index, true);
	if (outcome.step != STEP_DONE)
		return outcome;
	if (p->new_session && setsid() < 0)
		return (struct outcome){ .step = STEP_SESSION, .index = index, .error = errno };
	if (p->new_group && setpgid(0, 0))
		return (struct outcome){ .step = STEP_GROUP, .index = index, .error = errno };
	/* If the leader of its group exists already, its children are born in that group, too. */
	if (p->group)
		setpgid(0, p->group);
	if (create_take_terminal(in, p))
		return (struct outcome){ .step = STEP_TERMINAL, .index = index, .error = errno };
	return create_children(in, index, false);
}

/*
 * End as the zombie did: if a signal killed it, send the signal again.  An init cannot kill itself; the restarting
 * program does that.
 */
static void end_as(const struct planned *p) __attribute__((noreturn));

static void end_as(const struct planned *p)
{
	const struct rlimit no_core = { 0, 0 };
	int sig = p->exit_status & 0x7f;

	if (p->group)
		setpgid(0, p->group);
	while (sig && p->new_pid_ns)
		pause();
	if (sig) {
		setrlimit(RLIMIT_CORE, &no_core);
		signal(sig, SIG_DFL);
		kill(getpid(), sig);
	}
	_exit(p->exit_status >> 8 & 0xff);
}

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

void create_keep_only(int *keep, int n)
{
	unsigned int from = 0;

	qsort(keep, n, sizeof(*keep), by_number);
	for (int i = 0; i < n; i++) {
		if (keep[i] > (int)from)
			syscall(__NR_close_range, from, keep[i] - 1, 0);
		from = keep[i] + 1;
	}
	syscall(__NR_close_range, from, ~0U, 0);
}

/* Without the C library, which reserves three signals for itself. */
void create_default_actions(void)
{
	static const unsigned long action[5];	/* struct sigaction of the kernel: SIG_DFL */

	for (unsigned long sig = 1; sig <= SIGNALS; sig++)
		system_call(__NR_rt_sigaction, sig, (unsigned long)action, 0, 8, 0);
}

static void run_process(const struct inherited *in, int index, int say_fd)
{
	const struct planned *p = &in->planned[index];
	const struct create_pipes *pipes = &in->pipes;
	const sigset_t none = { 0 };
	struct outcome outcome;
	char byte;

	/* Drop what only its parent needs: its descriptors, and the blocked signals. */
	if (!index) {
		create_keep_only((int[]){ say_fd, pipes->die, pipes->zombies, pipes->stand_ins, in->pidfd }, 5);
		sigprocmask(SIG_SETMASK, &none, NULL);
	}
	if (p->kind != PLANNED_STAND_IN)
		prctl(PR_SET_NAME, p->name);
	if (!index && create_map_window(in))
		outcome = (struct outcome){ .step = STEP_MEMORY, .index = index, .error = errno };
	else
		outcome = become(in, index);
	if (write(say_fd, &outcome, sizeof(outcome)) != sizeof(outcome) || outcome.step != STEP_DONE)
		_exit(EXIT_FAILED);
	close(say_fd);

	switch (p->kind) {
	case PLANNED_STAND_IN:
		read_retry(pipes->stand_ins, &byte, 1);
		_exit(0);
	case PLANNED_ZOMBIE:
		read_retry(pipes->zombies, &byte, 1);
		end_as(p);
	case PLANNED_PROCESS:
		/* Wait until this has become another program, or the restarting program is gone. */
		read_retry(pipes->die, &byte, 1);
	}
	_exit(EXIT_FAILED);
}
