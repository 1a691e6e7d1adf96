// SPDX-License-Identifier: GPL-2.0
/*
 * The parent that the first process has until it is adopted.
 *
 * When a process ends, the kernel does things to its children (kernel/exit.c): a process group that has lost its last tie
 * to the others of its session, and in which somebody is stopped, gets SIGHUP and SIGCONT; who has asked for it, a signal
 * that the parent has died.  A tree must get none of it because the restarting program ends.  So it is not the parent of
 * the first process: that is one in between, which ends before anything of the tree is rebuilt.  It leaves the session
 * before it ends; for its child there is no tie that could be lost then.  Until then there is one, as a signal of the
 * terminal stops nobody in a group without any.
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

/* From here on nobody holds what the restarting program has open: its death would go unnoticed. */
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
	/* Signals are blocked: nothing but an end interrupts this, of the pipe or of this process. */
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
	/* Who ignores SIGCHLD has no status to wait for. */
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
