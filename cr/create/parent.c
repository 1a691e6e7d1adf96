// SPDX-License-Identifier: GPL-2.0
/*
 * The parent of the first process until that is adopted.
 *
 * When a process ends, the kernel sends signals to its children (kernel/exit.c): SIGHUP and SIGCONT to a process group
 * that becomes orphaned and has a stopped member; and the parent death signal to those that asked for it.  The end of
 * the restarting program must not do this to the tree.  So the first process has another parent, in between, which ends
 * before anything of the tree is rebuilt.
 *
 * This parent leaves its session before it ends, so its end orphans no process group.  It stays in the session until
 * then, because a terminal's stop signals do not stop anybody in an orphaned group.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#include <sys/wait.h>

#include "process.h"
#include "lib/interrupt.h"
#include "lib/report.h"
#include "lib/wait.h"

#define ADOPTION_BOUND_MS 10000

/* Keep nothing that the restarting program has open: otherwise the processes would not notice its death. */
static void be_parent(const struct inherited *in, int say_fd, int adoption) __attribute__((noreturn));

static void be_parent(const struct inherited *in, int say_fd, int adoption)
{
	const struct create_pipes *pipes = &in->pipes;
	struct outcome outcome;
	char byte;

	inherit_nothing_else(in);
	create_keep_only((int[]){ say_fd, adoption, pipes->die, pipes->zombies, pipes->stand_ins, in->pidfd }, 6);
	create_default_actions();
	outcome = create_one(in, 0, in->first);
	if (write(say_fd, &outcome, sizeof(outcome)) != sizeof(outcome))
		_exit(EXIT_FAILED);
	/* All signals are blocked, so read() returns only at the end of the pipe. */
	if (read(adoption, &byte, 1) < 0 || setsid() < 0)
		_exit(EXIT_FAILED);
	_exit(EXIT_OK);
}

struct outcome create_first(struct creation *c, const struct inherited *in, int bound_ms)
{
	int say[2] = { -1, -1 }, adoption[2] = { -1, -1 };
	struct outcome outcome = { .step = STEP_PIPE };
	sigset_t all, mask;

	if (pipe2(say, O_CLOEXEC) || pipe2(adoption, O_CLOEXEC)) {
		outcome.error = errno;
	} else {
		fflush(NULL);
		sigfillset(&all);
		sigprocmask(SIG_BLOCK, &all, &mask);
		c->parent = fork();
		if (!c->parent)
			be_parent(in, say[1], adoption[0]);
		outcome = (struct outcome){ .step = STEP_CREATE, .error = errno, .level = -1 };
		sigprocmask(SIG_SETMASK, &mask, NULL);
		close(say[1]);
		say[1] = -1;
		c->adoption = adoption[1];
		adoption[1] = -1;
		if (c->parent > 0)
			outcome = create_await_outcome(say[0], 0, bound_ms);
	}
	if (outcome.step != STEP_DONE)
		create_end_parent(c);
	c->tid[0] = *in->first > 0 ? *in->first : 0;
	for (int i = 0; i < 2; i++) {
		if (say[i] >= 0)
			close(say[i]);
		if (adoption[i] >= 0)
			close(adoption[i]);
	}
	return outcome;
}

int create_adopted(struct creation *c)
{
	int status = 0;

	close(c->adoption);
	c->adoption = -1;
	/* If we ignore SIGCHLD, there is no status to wait for. */
	if (wait_bounded(c->parent, &status, 0, ADOPTION_BOUND_MS) && errno != ECHILD && errno != ESRCH) {
		report(errno, "wait for the parent of the new tree to end");
		return -1;
	}
	c->parent = 0;
	if (!status)
		return 0;
	report(0, "the parent of the new tree cannot leave it");
	return -1;
}

void create_end_parent(struct creation *c)
{
	int status;

	if (c->parent > 0) {
		kill(c->parent, SIGKILL);
		wait_bounded(c->parent, &status, 0, ADOPTION_BOUND_MS);
	}
	if (c->adoption >= 0)
		close(c->adoption);
	c->parent = 0;
	c->adoption = -1;
}
