// SPDX-License-Identifier: GPL-2.0
/*
 * One call at levels 0 to 32, by each method, interleaved.
 *
 * This is measured twice: with a live neighbour whose pids are next to the chosen ones at every level, as during a
 * restart, when the pid table's node already exists; and alone in an empty region.  Each order of the methods runs
 * forwards and then backwards, and the orders vary.  So every method in turn finds what another has left behind (half a
 * slab, a list of things to be freed).
 *
 * The children's own instructions do not count: none runs before its parent waits for it.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

#include "bench.h"
#include "lib/clone_with_pids.h"
#include "lib/report.h"
#include "lib/wait.h"

#define ROUNDS 200
#define CHOSEN 20000

static const int levels[] = { 0, 1, 2, 4, 8, 16, 32 };

/*
 * The window holds the system call and nothing else.  The stack's page is
 * written to first: it was copied on write for the child before, and that
 * fault is not the call's.
 */
static uint64_t one_call(const struct method *m, const pid_t *pids, int nr)
{
	volatile uint64_t before, after = 0;
	struct call call;
	long pid;

	m->prepare(&call, 0, pids, nr);
	before = instructions();
	pid = make_call(&call);
	if (!pid)
		_exit(0);
	after = instructions();
	if (pid < 0) {
		errno = -pid;
		die("%s at level %d", m->name, nr - 1);
	}
	if (waitpid(pid, NULL, 0) != pid)
		die("wait for pid %ld", pid);
	return after - before;
}

/* A task with the pids CHOSEN + 1 at every level, until it is killed. */
static pid_t start_neighbour(int nr)
{
	pid_t pids[MAX_LEVELS], pid;

	for (int i = 0; i < nr; i++)
		pids[i] = CHOSEN + 1;
	pid = clone_with_pids(0, pids, nr);
	if (!pid)
		for (;;)
			pause();
	if (pid < 0)
		die("create the neighbour at level %d", nr - 1);
	return pid;
}

/* The methods in an order that looks random, and is the same in every run. */
static void shuffle(int *order)
{
	static uint32_t state = 1;

	for (int i = 0; i < N_METHODS; i++) {
		int j;

		state = state * 1664525 + 1013904223;
		j = (state >> 16) % (i + 1);
		order[i] = order[j];
		order[j] = i;
	}
}

static void measure(int level, bool neighbour)
{
	static uint64_t count[N_METHODS][ROUNDS];
	pid_t pids[MAX_LEVELS], other = neighbour ? start_neighbour(level + 1) : 0;
	int order[N_METHODS];
	char what[64];

	take_priority();
	for (int i = 0; i <= level; i++)
		pids[i] = CHOSEN;
	for (int round = 0; round < ROUNDS; round++) {
		if (!(round & 1))
			shuffle(order);
		for (int i = 0; i < N_METHODS; i++) {
			int m = order[round & 1 ? N_METHODS - 1 - i : i];

			count[m][round] = one_call(&methods[m], pids, level + 1);
		}
	}
	for (int m = 0; m < N_METHODS; m++) {
		snprintf(what, sizeof(what), "level %d, %s, %s", level, neighbour ? "neighbour" : "alone",
			 methods[m].name);
		result("calls", what, count[m], ROUNDS);
	}
	if (other) {
		kill(other, SIGKILL);
		waitpid(other, NULL, 0);
	}
}

/* At each level in turn, on the way down: the init of each namespace measures, and creates the next. */
static void descend(int level)
{
	int status;
	pid_t pid;

	for (size_t i = 0; i < sizeof(levels) / sizeof(*levels); i++) {
		if (levels[i] != level)
			continue;
		measure(level, true);
		measure(level, false);
	}
	if (level == MAX_LEVEL)
		return;
	fflush(stdout);
	pid = clone_without_pids(CLONE_NEWPID, NULL, 0);
	if (!pid) {
		descend(level + 1);
		fflush(stdout);
		_exit(EXIT_OK);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !status_ok(status))
		die("the measurements below level %d", level);
}

void bench_calls(void)
{
	descend(0);
}
