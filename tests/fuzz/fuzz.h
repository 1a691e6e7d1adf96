/* SPDX-License-Identifier: GPL-2.0 */
/*
 * guest-fuzz: make calls of clone_with_pids() with random arguments, and compare every result with a model.
 *
 * Several workers make calls at the same time, each below a keeper of its own, at these levels:
 *
 *	worker 0   level 0			worker 3   the arena, and 1 private level below it
 *	worker 1   level 0, and 1 private level	worker 4   the arena, and 2 private levels
 *	worker 2   the arena (level 1)		worker 5   level 0, and 32 private levels
 *
 * All workers share level 0 and the arena.  There each worker asks for numbers from a range of its own, and for a few
 * common ones, for which the workers compete; the wardens keep the namespace's counter far below all of these.  At a
 * private level the worker knows every number, and the counter.  So the model predicts each result exactly, with one
 * exception: a common number that another worker had or asked for during the call may or may not be taken.  Then the
 * program checks that no number ever has two owners.
 *
 * A worker lives for one episode.  It has all capabilities, or none, or is root of a user namespace.  Its children are
 * born in its own pid namespace, in a new and empty one (after its own unshare(), or after another process's unshare()
 * and setns() with a pidfd), or in a container below (setns()).
 *
 * The arguments of a call depend only on the seed, the worker, the episode and the call's place in it: with the same
 * seed, every worker makes the same calls again.  How the workers' calls interleave differs each time.
 *
 * Words: a kid is a child or thread that a worker's call has created.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/clone_with_pids.h"
#include "tests/guest/support/parked.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define WORKERS       6
#define SLOTS         10	/* kids that a worker can have at a time */
#define POOL          24	/* at each level, a worker asks for this many numbers of its own */
#define COMMON        6	/* at a shared level, all workers ask for this many numbers */
#define SHARED_LEVELS 2
#define NUMBERS       32768	/* the largest kernel.pid_max of i386 */
#define OUTCOMES      64	/* errnos below this are counted */

/* The pids of one task, oldest namespace first.  A kid born with CLONE_NEWPID at the deepest level has the most. */
struct numbers {
	int levels;
	pid_t pid[MAX_LEVELS + 1];
};

/* A rule that the model gets wrong on purpose, to show that the program notices. */
enum broken_rule { NOT_BROKEN, BROKEN_EBUSY, BROKEN_ORDER, BROKEN_COUNT, BROKEN_COUNTER, BROKEN_SIGNAL };

/* What all processes of the program share. */
struct shared {
	uint64_t seed;
	enum broken_rule broken_rule;
	bool userns_for_all;		/* unprivileged users may create user namespaces */
	bool has_net, has_uts, has_ipc;	/* the kernel has these namespaces */
	pid_t first;			/* the first of the numbers that workers ask for at shared levels */
	uint32_t quota;			/* how many calls each worker makes */
	int32_t arena_ns;		/* a descriptor of the arena's namespace */
	int32_t warden[SHARED_LEVELS];	/* pipes to those who set the shared levels' counters back */

	uint32_t fails;			/* a process is writing into message why the run fails */
	uint32_t failed;		/* it has written it */
	uint32_t calls[WORKERS];		/* how many calls each has made */
	uint32_t outcomes[WORKERS][OUTCOMES];	/* [0]: success */
	uint32_t contended_won, contended_lost;
	uint32_t taken_by_dead;		/* EBUSY because of a zombie's pid, or of a group whose leader is dead */
	uint32_t asked_again;		/* times that a refused call's numbers were granted to the next call */
	uint32_t episodes;

	uint32_t births[SHARED_LEVELS];			/* calls since the counter was reset */
	uint32_t common[SHARED_LEVELS][COMMON];		/* see contend_begin() */
	uint16_t owner[SHARED_LEVELS][NUMBERS];		/* worker + 1, while it knows that it has the number */
	struct parked parked[WORKERS][SLOTS];
	struct {
		int n;
		struct numbers who[MAX_LEVELS + 8];
	} settled[WORKERS];		/* inits, keeper, worker: those that live as long as the episode */
	char message[2048];
};

extern struct shared *shared;

/* End the calling process, and with it the whole run.  The first reason given is the one that is reported. */
void stop(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
void stop_errno(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* run.c */
void set_up(long seed, long calls, enum broken_rule rule);
void run(void);
bool report_totals(void);		/* true if the run was a success */

/* numbers.c */
void own_numbers(struct numbers *n);
void numbers_behind(int pidfd, struct numbers *n);
const char *numbers_text(int n, const pid_t *pids);
void settle(int worker);		/* add the calling process to settled[worker] */

/*
 * Call contend_begin() before the worker asks for the number; it returns true if that is a common one.  From then on
 * the number may be the worker's, until contend_end(), to be called after a refusal or when the number has been given
 * back. contend_alone() returns false if another worker has had or asked for the number since contend_begin().
 */
bool contend_begin(int worker, int level, pid_t n, uint32_t *before);
bool contend_alone(int worker, int level, pid_t n, uint32_t before, bool is_mine);
void contend_end(int worker, int level, pid_t n);
bool is_common(int worker, int level, pid_t n);
bool is_asked_for(int worker, int level, pid_t n);	/* at a shared level: common, or the worker's own */

/* Own a number at each shared level, from when the worker knows that it has it until just before it gives it back. */
void claim(int worker, const struct numbers *n);
void unclaim(int worker, const struct numbers *n);

/* The i-th of the numbers for which all workers ask, and of those for which only this worker asks. */
pid_t common_number(int i);
pid_t own_number(int worker, int level, int i);

/* people.c: the processes besides the workers. */
void start_wardens(void);
void count_births(int levels);		/* call this before a number is taken at each of these shared levels */
pid_t start_worker(int worker);
int shared_levels_of(int worker);
void be_worker(int worker, int episode, const int keeper[2], bool is_init);

/* rng.c */
struct rng {
	uint64_t state;
};

struct rng rng_for(uint64_t seed, int worker, unsigned int what);
uint32_t rng_next(struct rng *r);
uint32_t below(struct rng *r, uint32_t n);
bool one_in(struct rng *r, uint32_t n);

#endif
