/* SPDX-License-Identifier: GPL-2.0 */
/*
 * guest-fuzz: calls of clone_with_pids() with random arguments, every result of which is compared with a model.
 *
 * Several workers call at the same time, each below a keeper of its own, at these levels:
 *
 *	worker 0   level 0			worker 3   the arena, and 1 private level below it
 *	worker 1   level 0, and 1 private level	worker 4   the arena, and 2 private levels
 *	worker 2   the arena (level 1)		worker 5   level 0, and 32 private levels
 *
 * Level 0 and the arena are shared.  There each worker asks for numbers of a range of its own, and for a few common
 * ones, for which the workers contend; the namespace's counter is kept far below all of them.  At a private level a
 * worker knows of every number, and of the counter.  So the model predicts each result exactly, but for a common
 * number that somebody else had or asked for during the call: then it may be taken, or not, and what is checked is
 * that no number ever has two owners.
 *
 * A worker lives for one episode: with all capabilities, without any, or as root of a user namespace; with children
 * that are born in its own pid namespace, in a new and empty one (its own unshare(), or another's and setns() by way
 * of a pidfd), or in a container below (setns()).
 *
 * What a call is made of depends on nothing but the seed, the worker, the episode and the place in it: a seed gives
 * every worker the same calls again.  How the workers' calls mix is another matter each time.
 *
 * Words: a kid is a child, or a thread, that a worker's call has made.
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
#define POOL          24	/* numbers of its own, at each level, for which a worker asks */
#define COMMON        6	/* numbers of a shared level for which all ask */
#define SHARED_LEVELS 2
#define NUMBERS       32768	/* kernel.pid_max, which on i386 cannot be more */
#define OUTCOMES      64	/* errnos that are counted */

/* The pids of one task, oldest first; a kid born with CLONE_NEWPID in the deepest namespace has the most. */
struct numbers {
	int levels;
	pid_t pid[MAX_LEVELS + 1];
};

/* The model can be told to be wrong, so that it can be seen to notice. */
enum broken_rule { NOT_BROKEN, BROKEN_EBUSY, BROKEN_ORDER, BROKEN_COUNT, BROKEN_COUNTER, BROKEN_SIGNAL };

/* What all processes of the program share. */
struct shared {
	uint64_t seed;
	enum broken_rule broken_rule;
	bool userns_for_all;		/* unprivileged users may create user namespaces */
	bool has_net, has_uts, has_ipc;	/* the kernel has these namespaces */
	pid_t first;			/* of the numbers that workers ask for at shared levels */
	uint32_t quota;			/* calls that each worker has to make */
	int32_t arena_ns;		/* a descriptor of the arena's namespace */
	int32_t warden[SHARED_LEVELS];	/* pipes to those who set the shared levels' counters back */

	uint32_t fails;			/* somebody says why the run fails, */
	uint32_t failed;		/* and has said it */
	uint32_t calls[WORKERS];		/* made */
	uint32_t outcomes[WORKERS][OUTCOMES];	/* [0]: success */
	uint32_t contended_won, contended_lost;
	uint32_t taken_by_dead;		/* EBUSY for a zombie's pid, or for a group's whose leader is dead */
	uint32_t asked_again;		/* what a refused call had asked for, granted to the next one */
	uint32_t episodes;

	uint32_t births[SHARED_LEVELS];			/* calls since the counter was set back */
	uint32_t common[SHARED_LEVELS][COMMON];		/* see contend_begin() */
	uint16_t owner[SHARED_LEVELS][NUMBERS];		/* worker + 1, while it knows that it has the number */
	struct parked parked[WORKERS][SLOTS];
	struct {
		int n;
		struct numbers who[MAX_LEVELS + 8];
	} settled[WORKERS];		/* inits, keeper, worker: who lives as long as the episode */
	char message[2048];
};

extern struct shared *shared;

/* Ends the calling process, and with it all of the run: the first one's reason is what is reported. */
void stop(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
void stop_errno(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* run.c */
void set_up(long seed, long calls, enum broken_rule rule);
void run(void);
bool report_totals(void);		/* true if the run is a success */

/* numbers.c */
void own_numbers(struct numbers *n);
void numbers_behind(int pidfd, struct numbers *n);
const char *numbers_text(int n, const pid_t *pids);
void settle(int worker);		/* the calling process belongs to the settled ones now */

/*
 * The worker is about to ask for the number: true if it is a common one.  Until contend_end(), after a refusal or
 * when the number has been given back, it may be the worker's.  contend_alone() is false if another worker had or
 * asked for the number since contend_begin().
 */
bool contend_begin(int worker, int level, pid_t n, uint32_t *before);
bool contend_alone(int worker, int level, pid_t n, uint32_t before, bool is_mine);
void contend_end(int worker, int level, pid_t n);
bool is_common(int worker, int level, pid_t n);
bool is_asked_for(int worker, int level, pid_t n);	/* at a shared level: common, or the worker's own */

/* A number at each shared level has an owner: from when the worker knows of it until before it gives it back. */
void claim(int worker, const struct numbers *n);
void unclaim(int worker, const struct numbers *n);

/* The numbers for which workers ask: all of them, and this one alone. */
pid_t common_number(int i);
pid_t own_number(int worker, int level, int i);

/* people.c: who is there beside the workers. */
void start_wardens(void);
void count_births(int levels);		/* before a number is taken at each of the shared levels */
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
