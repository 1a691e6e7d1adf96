// SPDX-License-Identifier: GPL-2.0
/*
 * Four threads race for one pid, in many rounds.  In each round exactly one gets it, and the other three get EBUSY.  At
 * levels that are left to the kernel, each round uses one number: the losers take none.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>
#include <sys/wait.h>

#include "nest.h"

#define RACERS 4
#define ROUNDS 250
#define FIRST  21000

struct row {
	const char *name;
	int level;
	unsigned int nr;
	int chosen[3];		/* whether this level is in the list, or is 0 */
};

static const struct row rows[] = {
	{ "level 0", 0, 1, { 1 } },
	{ "level 2: x y z", 2, 3, { 1, 1, 1 } },
	{ "level 2: 0 0 z", 2, 3, { 0, 0, 1 } },
	{ "level 2: x 0 0", 2, 3, { 1, 0, 0 } },
	{ "level 2: 0 y 0", 2, 3, { 0, 1, 0 } },
};

static struct race {
	pthread_barrier_t start, finish;
	struct clone_with_pids_args args;
	pid_t pids[3];
	int stop;
	long result[RACERS];
} race;

static void *racer(void *arg)
{
	long *result = arg;

	for (;;) {
		pthread_barrier_wait(&race.start);
		if (race.stop)
			return NULL;
		*result = clone_with_pids_raw(SIGCHLD, &race.args, sizeof(race.args), NULL, race.pids);
		if (!*result) {
			for (;;)	/* the winner's child keeps the pid until it is killed */
				pause();
		}
		pthread_barrier_wait(&race.finish);
	}
}

/* The pid of the one winner. */
static pid_t judge(int round)
{
	pid_t winner = 0;

	for (int i = 0; i < RACERS; i++) {
		if (race.result[i] > 0) {
			if (winner)
				fail("round %d: two have won, with pids %d and %ld", round, winner, race.result[i]);
			winner = race.result[i];
		} else {
			expect_errno(race.result[i], EBUSY, "round %d, a thread that lost", round);
		}
	}
	if (!winner)
		fail("round %d: nobody has won", round);
	return winner;
}

static void run_rounds(const struct row *r)
{
	for (int round = 0; round < ROUNDS; round++) {
		pid_t winner;

		for (unsigned int i = 0; i < r->nr; i++)
			race.pids[i] = r->chosen[i] ? FIRST + round : 0;
		pthread_barrier_wait(&race.start);
		pthread_barrier_wait(&race.finish);
		winner = judge(round);
		if (r->chosen[r->nr - 1])
			expect(winner, FIRST + round, "round %d, the winner's pid", round);
		if (kill(winner, SIGKILL) < 0 || waitpid(winner, NULL, 0) != winner)
			broken("end the winner");
	}
}

static void race_at_level(const void *arg)
{
	const struct row *r = arg;
	struct nspid before, after;
	pthread_t threads[RACERS];

	race.args.nr_pids = r->nr;
	pthread_barrier_init(&race.start, NULL, RACERS + 1);
	pthread_barrier_init(&race.finish, NULL, RACERS + 1);
	for (int i = 0; i < RACERS; i++) {
		if (pthread_create(&threads[i], NULL, racer, &race.result[i]))
			fail("cannot create a thread");
	}
	born_plain(&before);
	run_rounds(r);
	born_plain(&after);
	race.stop = 1;
	pthread_barrier_wait(&race.start);
	for (int i = 0; i < RACERS; i++)
		pthread_join(threads[i], NULL);
	for (unsigned int i = 1; i < r->nr; i++)	/* at level 0 kernel threads may be born, too */
		expect(after.pid[i] - before.pid[i], 1 + (r->chosen[i] ? 0 : ROUNDS),
		       "numbers used by the kernel at level %u", i);
}

static void run_row(const void *row)
{
	const struct row *r = row;

	at_level(r->level, race_at_level, r);
}

static const struct group races_groups[] = { ROWS(rows, run_row) };

SUITE(races);
