// SPDX-License-Identifier: GPL-2.0
/*
 * One call at levels 0 to 32, by each method, interleaved.
 *
 * Twice: with a live neighbour whose pids are next to the chosen ones at every
 * level, as in a tree under restart, where the pid table's node is there
 * already; and alone in an empty region.  Every other round goes through the
 * methods backwards, so that none profits from what the one before it left.
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
#include "clone_with_pids.h"
#include "report.h"

#define ROUNDS 100
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

static void measure(int level, bool neighbour)
{
	static uint64_t count[N_METHODS][ROUNDS];
	pid_t pids[MAX_LEVELS], other = neighbour ? start_neighbour(level + 1) : 0;
	uint64_t base = 0;
	char what[64];

	for (int i = 0; i <= level; i++)
		pids[i] = CHOSEN;
	for (int round = 0; round < ROUNDS; round++)
		for (int i = 0; i < N_METHODS; i++) {
			int m = round & 1 ? N_METHODS - 1 - i : i;

			count[m][round] = one_call(&methods[m], pids, level + 1);
		}
	for (int m = 0; m < N_METHODS; m++) {
		uint64_t middle = median(count[m], ROUNDS);

		if (!m)
			base = middle;
		snprintf(what, sizeof(what), "level %d, %s, %s", level, neighbour ? "neighbour" : "alone",
			 methods[m].name);
		result("calls", what, middle, "median");
		result("calls", what, count[m][0], "best");
		result("calls", what, (double)middle / base, "of clone");
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
