// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "create.h"
#include "process.h"
#include "cr/hold/hold.h"
#include "lib/interrupt.h"
#include "lib/kill.h"
#include "lib/procfs.h"
#include "lib/report.h"

#define BOUND_MS(n) (20000 + 20 * (n))
#define ABORT_BOUND_MS 10000
#define REAP_BOUND_MS 1000

/*
 * Find the tid of each planned process: /proc lists the children of a process in the order of their birth
 * (fs/proc/array.c, children_seq_show()), which is that of the plan.
 */
static int find_tids(struct creation *c)
{
	const struct plan *plan = c->plan;

	for (int i = 0; i < plan->n; i++) {
		char name[40], *text, *next;

		snprintf(name, sizeof(name), "task/%d/children", c->tid[i]);
		text = procfs_text(c->tid[i], name);
		if (!text) {
			report(errno, "read the children of pid %d", c->tid[i]);
			return -1;
		}
		next = text;
		for (int early = 1; early >= 0; early--)
			for (int child = plan->planned[i].first[early]; child >= 0; child = plan->planned[child].next)
				c->tid[child] = strtol(next, &next, 10);
		free(text);
	}
	for (int i = 0; i < plan->n; i++) {
		if (c->tid[i] > 0)
			continue;
		report(0, "a process of the new tree is gone");
		return -1;
	}
	return 0;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static int make_pipes(struct creation *c, struct create_pipes *pipes)
{
	int *const read_ends[3] = { &pipes->die, &pipes->zombies, &pipes->stand_ins };
	int *const write_ends[3] = { &c->alive, &c->zombies_end, &c->stand_ins_end };

	for (int i = 0; i < 3; i++) {
		int fds[2];

		if (pipe2(fds, O_CLOEXEC))
			return -1;
		*read_ends[i] = fds[0];
		*write_ends[i] = fds[1];
	}
	return 0;
}

int create_tree(struct creation *c)
{
	struct create_pipes pipes = { -1, -1, -1 };
	struct outcome outcome = { .step = STEP_PIPE };
	struct inherited in;

	c->zombies_end = c->stand_ins_end = c->alive = c->adoption = -1;
	c->tid = calloc(c->plan->n, sizeof(*c->tid));
	c->inner_pty_fd = calloc(c->image->n_ptys + 1, sizeof(*c->inner_pty_fd));
	if (!c->tid || !c->inner_pty_fd || make_pipes(c, &pipes)) {
		report(errno, "create the tree's pipes");
	} else if (!inherit(&in, c, &pipes)) {
		outcome = create_first(c, &in, BOUND_MS(c->plan->n));
		if (outcome.step != STEP_DONE && !interrupted())
			create_report(c, &outcome);
		for (uint32_t i = 0; i < c->image->n_ptys; i++)
			c->inner_pty_fd[i] = in.ptys[i].inner_fd;
		inherit_done(&in);
	}
	close_fd(&pipes.die);
	close_fd(&pipes.zombies);
	close_fd(&pipes.stand_ins);
	return outcome.step != STEP_DONE || find_tids(c) ? -1 : 0;
}

/*
 * Nobody may be left: neither those that wait for `alive' to be closed, each of whom gets a byte, nor those that others
 * are just creating.  As long as one of them lives, the pipe has a reader.
 */
static void end_those_that_wait(struct creation *c)
{
	struct pollfd fd = { .fd = c->alive };
	void (*before)(int);
	int ready;

	if (c->alive < 0)
		return;
	before = signal(SIGPIPE, SIG_IGN);
	for (int i = 0; i < c->plan->n; i++)
		if (write(c->alive, "", 1) != 1)
			break;		/* no reader any more */
	signal(SIGPIPE, before);
	do
		ready = poll(&fd, 1, ABORT_BOUND_MS);
	while (ready < 0 && errno == EINTR);
	if (!ready)
		report(ETIMEDOUT, "wait for the new processes to end");
}

/* Wait here for those that we trace, whoever their parent is.  The others end by themselves, or with their init. */
void create_abort(struct creation *c, const pid_t *traced, int n_traced)
{
	pid_t *ends = calloc(c->plan->n + n_traced + 1, sizeof(*ends));
	int n = 0;

	close_fd(&c->zombies_end);
	close_fd(&c->stand_ins_end);
	create_end_parent(c);
	for (int i = 0; c->tid && i < c->plan->n; i++)
		if (c->tid[i] > 0)
			kill(c->tid[i], SIGKILL);
	end_those_that_wait(c);
	for (int i = 0; ends && c->tid && i < c->plan->n; i++)
		if (c->tid[i] > 0)
			ends[n++] = c->tid[i];
	for (int i = 0; ends && i < n_traced; i++)
		ends[n++] = traced[i];
	if (ends)
		wait_for_ends(ends, n);
	free(ends);
	/* The first one's reaper reaps it; only then is its pid free. */
	if (c->tid && c->tid[0] > 0)
		wait_until_reaped(c->tid[0], REAP_BOUND_MS);
	create_done(c);
}

void create_done(struct creation *c)
{
	close_fd(&c->alive);
	close_fd(&c->zombies_end);
	close_fd(&c->stand_ins_end);
	free(c->tid);
	c->tid = NULL;
	free(c->inner_pty_fd);
	c->inner_pty_fd = NULL;
}
