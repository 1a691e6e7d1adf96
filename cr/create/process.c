// SPDX-License-Identifier: GPL-2.0
/* Each creates those that it is to create, and waits for the word of each; then it says its own. */
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

#include "inside.h"
#include "process.h"
#include "lib/interrupt.h"
#include "lib/refusal.h"
#include "lib/report.h"

/* What all of them need to know; set before the first one is created, and copied by fork(). */
static struct {
	const struct inherited *inherited;
	const struct creation *c;	/* in it */
	int die, zombies, stand_ins;	/* read ends: EOF is the signal */
} common;

/*
 * A clone with the pids that the options want; where they want none, a plain one.  As clone(): the pid, 0 in the child,
 * or -errno.
 */
static long create_process(const struct planned *p)
{
	const struct restart_options *o = common.c->options;
	unsigned long flags = (p->new_pid_ns ? CLONE_NEWPID : 0) | (p->new_uts ? CLONE_NEWUTS : 0) |
			      (p->new_mounts ? CLONE_NEWNS : 0);
	unsigned int n = chosen_pids(o, p);
	const pid_t *pids = p->pid.nr + restart_first_level(o, p->pid.levels);

	if (!n)
		return system_call(__NR_clone, flags | p->exit_signal, 0, 0, 0, 0);
	if (o->clone3) {
		struct clone_args args = { .flags = flags, .exit_signal = p->exit_signal };
		pid_t set_tid[MAX_LEVELS + 1];
		unsigned int used = 0;

		if (p->new_pid_ns)
			set_tid[used++] = 1;
		while (n)
			set_tid[used++] = pids[--n];
		args.set_tid = (unsigned long)set_tid;
		args.set_tid_size = used;
		return system_call(__NR_clone3, (unsigned long)&args, sizeof(args), 0, 0, 0);
	}
	struct clone_with_pids_args args = { .nr_pids = n };

	return clone_with_pids_raw(flags | p->exit_signal, &args, sizeof(args), NULL, pids);
}

/* After EBUSY or EEXIST: the level, in the image, of the pid that is taken; -1: not known. */
static int find_taken_level(const struct planned *p)
{
	unsigned int first = restart_first_level(common.c->options, p->pid.levels);
	int entry = refusal_taken(p->pid.nr + first, p->pid.levels - p->new_pid_ns - first);

	return entry < 0 ? -1 : (int)first + entry;
}

static ssize_t read_retry(int fd, void *buf, size_t size)
{
	ssize_t n;

	do
		n = read(fd, buf, size);
	while (n < 0 && errno == EINTR);
	return n;
}

struct word create_await_word(int fd, int index, int bound_ms)
{
	struct word word = { .step = STEP_DIED, .index = index };
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	int ready;

	do
		ready = poll(&poll_fd, 1, bound_ms);
	while (ready < 0 && errno == EINTR && !interrupted());
	if (ready <= 0)
		word.error = ready ? errno : ETIMEDOUT;
	else if (read_retry(fd, &word, sizeof(word)) < 0)
		word.error = errno;
	return word;
}

static void run_process(int index, int say_fd) __attribute__((noreturn));

struct word create_one(int index, pid_t *pid)
{
	const struct planned *p = &common.c->plan->planned[index];
	struct word word;
	int fds[2];
	long ret;

	*pid = -1;
	if (create_fill_window(common.c, index))
		return (struct word){ .step = STEP_MEMORY, .index = index, .error = errno };
	if (pipe2(fds, O_CLOEXEC))
		return (struct word){ .step = STEP_PIPE, .index = index, .error = errno };
	ret = create_process(p);
	if (!ret) {
		close(fds[0]);
		run_process(index, fds[1]);
	}
	close(fds[1]);
	if (ret < 0) {
		word = (struct word){ STEP_CREATE, index, -ret, -1 };
		if (ret == -EBUSY || ret == -EEXIST)
			word.level = find_taken_level(p);
	} else {
		*pid = ret;
		word = create_await_word(fds[0], index, -1);
	}
	close(fds[0]);
	return word;
}

static struct word create_children(int index, bool early)
{
	const struct plan *plan = common.c->plan;
	struct word word = { .step = STEP_DONE, .index = index };
	pid_t pid;

	for (int i = plan->planned[index].first[early]; i >= 0 && word.step == STEP_DONE; i = plan->planned[i].next)
		word = create_one(i, &pid);
	return word;
}

/* If the leader of its group is there already, its children, too, are born in that group. */
static void join_early(const struct planned *p)
{
	const struct recorded_task *t = p->task < 0 ? NULL : &common.c->image->tasks[p->task];

	if (t && !t->pgid_outside && !p->new_group && !p->new_session && common.c->options->pids != PIDS_NONE &&
	    t->pgid.nr[t->pid.levels - 1])
		setpgid(0, t->pgid.nr[t->pid.levels - 1]);
}

/* What a process does before it has children, or before it has more. */
static struct word become(int index)
{
	const struct planned *p = &common.c->plan->planned[index];
	const struct image *image = common.c->image;
	struct word word;

	if (p->new_uts) {
		const struct uts *u = &image->utss[p->uts];

		if (sethostname(u->nodename, strlen(u->nodename)) || setdomainname(u->domainname, strlen(u->domainname)))
			return (struct word){ .step = STEP_UTS, .index = index, .error = errno };
	}
	if (create_mounts(common.inherited, p))
		return (struct word){ .step = STEP_MOUNT, .index = index, .error = errno };
	if (create_masters(common.inherited, p))
		return (struct word){ .step = STEP_PTY, .index = index, .error = errno };
	if (p->subreaper && prctl(PR_SET_CHILD_SUBREAPER, 1))
		return (struct word){ .step = STEP_REAPER, .index = index, .error = errno };
	word = create_children(index, true);
	if (word.step != STEP_DONE)
		return word;
	if (p->new_session && setsid() < 0)
		return (struct word){ .step = STEP_SESSION, .index = index, .error = errno };
	if (p->new_group && setpgid(0, 0))
		return (struct word){ .step = STEP_GROUP, .index = index, .error = errno };
	join_early(p);
	if (create_take_terminal(common.inherited, p))
		return (struct word){ .step = STEP_TERMINAL, .index = index, .error = errno };
	return create_children(index, false);
}

/*
 * End as the zombie did: a process that a signal killed is killed by it again.  An init cannot do that to itself: the
 * restarting program does it.
 */
static void end_as(const struct recorded_task *t) __attribute__((noreturn));

static void end_as(const struct recorded_task *t)
{
	const struct rlimit no_core = { 0, 0 };
	uint32_t level = t->pid.levels - 1;
	int sig = t->exit_status & 0x7f;

	if (t->pgid.nr[level] && !t->pgid_outside)
		setpgid(0, t->pgid.nr[level]);
	while (sig && t->new_pid_ns)
		pause();
	if (sig) {
		setrlimit(RLIMIT_CORE, &no_core);
		signal(sig, SIG_DFL);
		kill(getpid(), sig);
	}
	_exit(t->exit_status >> 8 & 0xff);
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

/* Not by the C library, which keeps three signals for itself. */
void create_default_actions(void)
{
	static const unsigned long action[5];	/* struct sigaction of the kernel: SIG_DFL */

	for (unsigned long sig = 1; sig <= SIGNALS; sig++)
		system_call(__NR_rt_sigaction, sig, (unsigned long)action, 0, 8, 0);
}

static void run_process(int index, int say_fd)
{
	const struct planned *p = &common.c->plan->planned[index];
	const struct recorded_task *t = p->task >= 0 ? &common.c->image->tasks[p->task] : NULL;
	const sigset_t none = { 0 };
	struct word word;
	char byte;

	/* What its parent has for itself: the ways to report, and that signals wait. */
	if (!index) {
		create_keep_only((int[]){ say_fd, common.die, common.zombies, common.stand_ins, common.c->pidfd }, 5);
		sigprocmask(SIG_SETMASK, &none, NULL);
	}
	if (t)
		prctl(PR_SET_NAME, t->name);
	if (!index && create_map_window(common.c))
		word = (struct word){ .step = STEP_MEMORY, .index = index, .error = errno };
	else
		word = become(index);
	if (write(say_fd, &word, sizeof(word)) != sizeof(word) || word.step != STEP_DONE)
		_exit(EXIT_FAILED);
	close(say_fd);

	if (!t) {
		read_retry(common.stand_ins, &byte, 1);
		_exit(0);
	}
	if (t->kind == TASK_ZOMBIE) {
		read_retry(common.zombies, &byte, 1);
		end_as(t);
	}
	/* Until this is somebody else; or the restarting program is gone. */
	read_retry(common.die, &byte, 1);
	_exit(EXIT_FAILED);
}

void create_begin(const struct inherited *in, const struct create_pipes *pipes)
{
	common.inherited = in;
	common.c = &in->c;
	common.die = pipes->die;
	common.zombies = pipes->zombies;
	common.stand_ins = pipes->stand_ins;
}
