// SPDX-License-Identifier: GPL-2.0
/* A worker's episode: predict, make and compare one call after the other. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <asm/unistd.h>
#include <sys/syscall.h>

#include "call.h"

#define CALLS_MIN 200		/* of an episode */
#define CALLS_MAX 1000
#define SWEEP     1000		/* the first number of the calls that are not drawn */
#define CALLS_AMONG_THE_DEAD 40	/* in a namespace without an init, as each unshared one ends */

struct worker w;

/* The common numbers in a call's list. */
struct contest {
	bool asked[SHARED_LEVELS], is_mine[SHARED_LEVELS];
	pid_t number[SHARED_LEVELS];
	uint32_t before[SHARED_LEVELS];
};

static void contest_begin(const struct call *c, struct contest *t)
{
	unsigned int nr = c->args.nr_pids;
	bool by_dead;

	*t = (struct contest){ 0 };
	if (nr > (unsigned int)w.born + 1)
		return;
	for (int level = w.born + 1 - nr; level < w.shared_levels; level++) {
		pid_t n = c->pids[level - (w.born + 1 - (int)nr)];

		if (!contend_begin(w.index, level, n, &t->before[level]))
			continue;
		t->asked[level] = true;
		t->number[level] = n;
		t->is_mine[level] = pid_taken(level, n, &by_dead);
	}
}

static bool contest_was_open(const struct contest *t)
{
	for (int level = 0; level < w.shared_levels; level++)
		if (t->asked[level] &&
		    !contend_alone(w.index, level, t->number[level], t->before[level], t->is_mine[level]))
			return true;
	return false;
}

static void contest_lost(const struct contest *t)
{
	for (int level = 0; level < w.shared_levels; level++)
		if (t->asked[level])
			contend_end(w.index, level, t->number[level]);
}

static long make_call(struct call *c)
{
	struct parked *p = &shared->parked[w.index][c->slot];
	const struct clone_with_pids_args *a = &c->args;

	*p = (struct parked){ .leave = c->flags & CLONE_VFORK ? c->status : 0, .look = &w.child_word[c->slot] };
	w.parent_word[c->slot] = w.child_word[c->slot] = UNTOUCHED;
	drain_signals();
	count_births(w.shared_levels);
	switch (c->method) {
	case BY_CLONE:
		return system_call_parked(SYS_clone, c->flags, a->child_stack_base + a->child_stack_size,
					  a->parent_tid_ptr, c->tls_ptr, a->child_tid_ptr, p);
	case BY_CLONE3:
		return system_call_parked(SYS_clone3, (unsigned long)&c->clone3, sizeof(c->clone3), 0, 0, 0, p);
	default:
		return system_call_parked(__NR_clone_with_pids, c->flags, c->args_ptr, c->args_size, c->tls_ptr,
					  c->pids_ptr, p);
	}
}

static void count(const struct expected *e, long ret)
{
	int error = ret < 0 ? -ret : 0;

	shared->outcomes[w.index][error < OUTCOMES ? error : OUTCOMES - 1]++;
	__atomic_fetch_add(&shared->calls[w.index], 1, __ATOMIC_SEQ_CST);
	if (e->by_dead && ret < 0)
		__atomic_fetch_add(&shared->taken_by_dead, 1, __ATOMIC_RELAXED);
}

static void compare(const struct call *c, const struct expected *e, const struct contest *t, long ret)
{
	bool open = e->contended && contest_was_open(t);
	int seen = ret < 0 ? -ret : 0;

	if (open && seen == e->contended)
		__atomic_fetch_add(&shared->contended_lost, 1, __ATOMIC_RELAXED);
	else if (seen != e->error)
		mismatch(c, "expected %s%s, saw %s (%ld)", e->error ? strerror(e->error) : "success",
			 open ? " or a taken number" : "", seen ? strerror(seen) : "success", ret);
	else if (open && !seen)
		__atomic_fetch_add(&shared->contended_won, 1, __ATOMIC_RELAXED);
}

/*
 * The init of a namespace, when it ends, has SIGCHLD ignored, so that all others there are reaped
 * (zap_pid_ns_processes() in kernel/pid_namespace.c): with shared signal handlers also for the worker, which then
 * could not wait for its kids.
 */
static void keep_sigchld(struct call *c)
{
	if ((c->flags & CLONE_NEWPID) || w.birthplace == EMPTY_NS)
		c->flags &= ~CLONE_SIGHAND;
}

/* Predict, make, compare; the slot is free. */
static long run_call(struct call *c)
{
	struct expected e;
	struct contest t;
	long ret;

	keep_sigchld(c);
	put_in_memory(c);
	e = predict(c);
	contest_begin(c, &t);
	ret = make_call(c);
	compare(c, &e, &t, ret);
	count(&e, ret);
	if (ret > 0) {
		adopt(c, ret);
		return ret;
	}
	contest_lost(&t);
	check_refused(c);
	if (!e.late || ret != -e.error)
		return ret;
	move_counters(c, NULL);
	/* As with clone(): if the first one is not born, nobody ever is. */
	if (w.birthplace == EMPTY_NS)
		w.birthplace = STILLBORN_NS;
	return ret;
}

/* A call with which nothing is wrong, for a kid that ends at once. */
static void plain_call(struct call *c, unsigned int number, int slot)
{
	*c = (struct call){
		.number = number, .flags = SIGCHLD, .args_size = CLONE_WITH_PIDS_ARGS_SIZE,
		.slot = slot, .fate = ENDED, .status = 1, .join = -1,
	};
}

static bool born_among_the_living(void)
{
	return w.birthplace == OWN_NS || w.birthplace == CONTAINER || w.birthplace == UNSHARED_NS;
}

/* Nothing stays taken: all numbers of a call that was refused, but for those that are somebody's, can be had. */
static void ask_again(const struct call *refused)
{
	unsigned int nr = refused->args.nr_pids, levels = w.born + 1, asked = 0;
	struct call c;
	bool by_dead;

	if (w.rights != ALL_RIGHTS || !born_among_the_living() || nr > levels)
		return;
	plain_call(&c, refused->number, refused->slot);
	c.args.nr_pids = nr;
	for (unsigned int i = 0; i < nr; i++) {
		int level = levels - nr + i;
		pid_t n = refused->pids[i];

		if (n <= 0 || n >= NUMBERS || is_common(w.index, level, n) || pid_taken(level, n, &by_dead))
			continue;
		c.pids[i] = n;
		asked++;
	}
	if (!asked)
		return;
	if (run_call(&c) > 0)
		__atomic_fetch_add(&shared->asked_again, 1, __ATOMIC_RELAXED);
}

/* At the end of an episode all kids are gone, and every number can be had. */
static void sweep(void)
{
	struct call c;

	if (w.rights != ALL_RIGHTS || !born_among_the_living() || w.birthplace == UNSHARED_NS)
		return;
	for (int i = 0; i < POOL; i++) {
		plain_call(&c, SWEEP + i, i % SLOTS);
		c.args.nr_pids = w.born + 1;
		for (int level = 0; level <= w.born; level++)
			c.pids[level] = own_number(w.index, level, i);
		run_call(&c);
	}
}

void be_worker(int worker, int episode, const int keeper[2], bool is_init)
{
	struct rng r = rng_for(shared->seed, worker, 0xc0000000 | episode);
	unsigned int calls = CALLS_MIN + below(&r, CALLS_MAX - CALLS_MIN), among_the_dead = 0;
	struct call c;

	take_place(worker, episode, keeper, is_init);
	for (unsigned int i = 0; i < calls && among_the_dead < CALLS_AMONG_THE_DEAD; i++) {
		if (shared->failed)
			_exit(1);
		if (w.birthplace == UNSHARED_NS && i + CALLS_AMONG_THE_DEAD >= calls) {
			plain_call(&c, SWEEP, 0);
			end_all(&c);
		}
		draw(&c, episode << 10 | i);
		if (slot_is_spared(&c))
			continue;
		end_slot(&c, c.slot);
		if (run_call(&c) < 0 && c.ask_again && c.method == BY_PIDS)
			ask_again(&c);
		among_the_dead += w.birthplace == DEAD_NS || w.birthplace == STILLBORN_NS;
	}
	plain_call(&c, SWEEP, 0);
	end_all(&c);
	sweep();
	leave_place();
}
