// SPDX-License-Identifier: GPL-2.0
/*
 * Choose the arguments of a call at random.  We first draw a call with which nothing need be wrong.  Then three calls
 * of four get one or more sins, each of which breaks one rule; a call with two shows which rule the kernel checks
 * first.
 *
 * Nothing here may depend on the results of earlier calls: the seed alone decides.  (Two exceptions, both at shared
 * levels, where the kernel chooses differently each time: the worker's own pid, one of those that are surely taken; and
 * a number for which no worker may ask stays in the list if it happens to be a kid's.)
 */
#include <limits.h>
#include <signal.h>

#include "call.h"

enum sin {
	SIN_SIZE, SIN_ARGS, SIN_HIGH, SIN_RESERVED, SIN_ADDRESS, SIN_STACK, SIN_NR, SIN_LIST, SIN_NUMBER, SIN_TAKEN,
	SIN_FLAGS, SIN_TLS, SIN_PIDFD, SIN_NAMESPACES, SIN_ALL, SINS
};

#define THREAD (CLONE_VM | CLONE_SIGHAND | CLONE_THREAD)
#define NAMESPACES (CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWUSER | CLONE_NEWNET | \
		    CLONE_NEWCGROUP)

#define ONE_OF(r, table) ((table)[below(r, ARRAY_SIZE(table))])

static uint32_t draw_flags(struct rng *r)
{
	static const uint32_t bundles[] = {
		0, 0, 0, 0, 0, 0, CLONE_VM, CLONE_VM | CLONE_SIGHAND, THREAD, THREAD, THREAD | CLONE_FS | CLONE_FILES,
		CLONE_PARENT, CLONE_PARENT | CLONE_VM, CLONE_VFORK, CLONE_VFORK | CLONE_VM, THREAD | CLONE_VFORK,
		CLONE_NEWPID, CLONE_NEWPID, CLONE_NEWPID | CLONE_VM, CLONE_NEWUSER, CLONE_NEWUSER | CLONE_NEWPID,
		CLONE_NEWUTS | CLONE_NEWIPC, CLONE_NEWNS, CLONE_NEWCGROUP,
	};
	static const uint32_t extras[] = {
		CLONE_FS, CLONE_FILES, CLONE_IO, CLONE_SYSVSEM, CLONE_UNTRACED, CLONE_PTRACE, CLONE_DETACHED,
	};
	uint32_t flags = ONE_OF(r, bundles);

	for (size_t i = 0; i < ARRAY_SIZE(extras); i++)
		flags |= one_in(r, 16) ? extras[i] : 0;
	if (flags & (CLONE_NEWNS | CLONE_NEWUSER))
		flags &= ~CLONE_FS;
	if (flags & CLONE_NEWIPC)
		flags &= ~CLONE_SYSVSEM;
	flags |= one_in(r, 4) ? CLONE_CHILD_SETTID : 0;
	flags |= one_in(r, 8) ? CLONE_CHILD_CLEARTID : 0;
	flags |= one_in(r, 8) ? CLONE_SETTLS : 0;
	if (one_in(r, 3))
		flags |= CLONE_PARENT_SETTID;
	else if (one_in(r, 6) && !(flags & CLONE_DETACHED))
		flags |= CLONE_PIDFD;
	return flags;
}

/* Two signals a process cannot block, and they would hit the worker. */
static uint32_t draw_signal(struct rng *r)
{
	uint32_t sig = below(r, 3) ? SIGCHLD : one_in(r, 3) ? 0 : below(r, one_in(r, 4) ? 256 : 65);

	return sig == SIGKILL || sig == SIGSTOP ? SIGCHLD : sig;
}

static void draw_stack(struct rng *r, struct clone_with_pids_args *a)
{
	a->child_stack_base = 0;
	a->child_stack_size = 0;
	if (below(r, 2))
		return;
	a->child_stack_base = one_in(r, 8) ? 0xffffffff : 1 + below(r, 0xfffffffe);
	if (below(r, 4))
		a->child_stack_size = below(r, 0xffffffff - a->child_stack_base + 1);
}

static struct user_desc draw_tls(struct rng *r)
{
	return (struct user_desc){
		.entry_number = 6 + below(r, 3),
		.base_addr = rng_next(r),
		.limit = rng_next(r) & 0xfffff,
		.seg_32bit = 1,
		.contents = below(r, 2),
		.read_exec_only = below(r, 2),
		.limit_in_pages = below(r, 2),
		.useable = below(r, 2),
	};
}

/* The list: a slot's own number is free, most likely; one of all of the worker's, or a common one, may not be. */
static pid_t draw_number(struct rng *r, const struct call *c, int level, unsigned int crowd)
{
	pid_t clean = own_number(w.index, level, POOL - 1 - c->slot);

	if (!one_in(r, crowd))
		return clean;
	if (level < w.shared_levels && one_in(r, 2))
		return common_number(below(r, COMMON));
	return own_number(w.index, level, below(r, POOL));
}

/* A common number at each shared level, the rest left to the kernel. */
static void draw_contended(struct rng *r, struct call *c)
{
	for (int level = 0; level < w.shared_levels; level++)
		c->pids[level] = common_number(below(r, COMMON));
	c->args.nr_pids = w.born + 1;
}

static void draw_list(struct rng *r, struct call *c)
{
	unsigned int levels = w.born + 1, nr = 0, sparse, crowd;

	if (!one_in(r, 5))
		nr = one_in(r, 3) ? levels : 1 + below(r, levels);
	sparse = one_in(r, 2) ? 1 : 1 + nr / 2;
	crowd = 1 + levels / 2 * below(r, 3);
	if (one_in(r, 5)) {
		draw_contended(r, c);
		return;
	}
	for (unsigned int i = 0; i < nr; i++) {
		pid_t n = draw_number(r, c, levels - nr + i, crowd);

		c->pids[i] = one_in(r, sparse) && !one_in(r, 8) ? n : 0;
	}
	/* Where there is no init, only 1 can be born. */
	if (nr && w.is_unshared && below(r, 4))
		c->pids[nr - 1] = one_in(r, 4) ? 0 : 1;
	c->args.nr_pids = nr;
}

static void sin_against_stack(struct rng *r, struct clone_with_pids_args *a)
{
	switch (below(r, 3)) {
	case 0:		/* a sum of 2^32 or more */
		a->child_stack_base = 1 + below(r, 0xffffffff);
		a->child_stack_size = 0x100000000ULL - a->child_stack_base;
		if (one_in(r, 2))
			a->child_stack_size += below(r, 0xffffffff - a->child_stack_size + 1);
		break;
	case 1:
		a->child_stack_base = 0;
		a->child_stack_size = 1 + below(r, 0xffffffff);
		break;
	default:
		*(below(r, 2) ? &a->child_stack_base : &a->child_stack_size) |= (uint64_t)(1 + below(r, ~0)) << 32;
	}
}

static void sin_against_list(struct rng *r, struct call *c, bool taken)
{
	static const pid_t invalid[] = {
		-1, INT_MIN, INT_MAX, NUMBERS, NUMBERS + 1, -NUMBERS, 0x40000000, INT_MIN + 1,
	};
	unsigned int levels = w.born + 1, i;
	const struct numbers *self = &shared->settled[w.index].who[shared->settled[w.index].n - 1];

	if (!c->args.nr_pids || c->args.nr_pids > levels)
		c->args.nr_pids = 1 + below(r, levels);
	i = below(r, c->args.nr_pids);
	if (!taken)
		c->pids[i] = one_in(r, 4) ? (pid_t)(rng_next(r) | 0x10000) : ONE_OF(r, invalid);
	else if (one_in(r, 2))		/* a kid's, most likely */
		c->pids[i] = own_number(w.index, levels - c->args.nr_pids + i, POOL - 1 - below(r, SLOTS));
	else if (one_in(r, 2))
		c->pids[i] = 1;
	else
		c->pids[i] = self->pid[(levels - c->args.nr_pids + i) % self->levels];
}

static void sin_against_tls(struct rng *r, struct call *c)
{
	static const uint32_t entries[] = { 0, 5, 9, 1000, ~0u };

	c->flags |= CLONE_SETTLS;
	switch (below(r, 8)) {
	case 0:
		c->tls = (struct user_desc){ .entry_number = 6 };
		break;
	case 1:		/* an empty one, which is fine */
		c->tls = (struct user_desc){ .entry_number = 7, .read_exec_only = 1, .seg_not_present = 1 };
		break;
	case 2:
		c->tls.seg_32bit = 0;
		break;
	case 3:
		c->tls.contents = 2 + below(r, 2);
		break;
	case 4:
		c->tls.seg_not_present = 1;
		break;
	case 5:
		c->tls_at = FIRST_BAD_PLACE + below(r, PLACES - FIRST_BAD_PLACE);
		break;
	default:
		c->tls.entry_number = ONE_OF(r, entries);
	}
}

static uint64_t any_word(struct rng *r)
{
	uint64_t n = (uint64_t)rng_next(r) << 32 | rng_next(r);

	return n >> below(r, 64);
}

static void sin_all(struct rng *r, struct call *c)
{
	c->flags = rng_next(r) & rng_next(r);
	c->args = (struct clone_with_pids_args){
		.clone_flags_high = one_in(r, 2) ? any_word(r) : 0,
		.child_stack_base = any_word(r),
		.child_stack_size = any_word(r),
		.parent_tid_ptr = one_in(r, 2) ? any_word(r) | 0xc0000000 : 0,
		.child_tid_ptr = one_in(r, 2) ? any_word(r) | 0xc0000000 : 0,
		.nr_pids = below(r, 3) ? any_word(r) : below(r, ARRAY_SIZE(c->pids)),
		.reserved0 = one_in(r, 2) ? any_word(r) : 0,
		.reserved1 = one_in(r, 2) ? any_word(r) : 0,
	};
	for (size_t i = 0; i < ARRAY_SIZE(c->pids); i++)
		c->pids[i] = (pid_t)any_word(r) | 0x10000;
	c->args_size = one_in(r, 2) ? CLONE_WITH_PIDS_ARGS_SIZE : rng_next(r);
	c->args_at = below(r, PLACES);
	c->pids_at = below(r, PLACES);
	c->tls_at = below(r, PLACES);
}

static void commit(struct rng *r, struct call *c, enum sin sin)
{
	static const int32_t sizes[] = { 0, 55, 57, -1, INT_MIN, INT_MAX, 56 + 0x10000, 48, 64, 88 };
	const uint32_t counts[] = {
		w.born + 1, w.born + 2, w.born + 3, 33, 34, 35, 0x40000000, 0x80000000, 0xc0000400, 0xffffffff,
	};
	uint64_t *addresses[] = { &c->args.child_stack_base, &c->args.child_stack_size, &c->args.parent_tid_ptr,
				  &c->args.child_tid_ptr };

	switch (sin) {
	case SIN_SIZE:
		c->args_size = one_in(r, 4) ? (int32_t)rng_next(r) : ONE_OF(r, sizes);
		break;
	case SIN_ARGS:
		c->args_at = FIRST_BAD_PLACE + below(r, PLACES - FIRST_BAD_PLACE);
		break;
	case SIN_HIGH:
		c->args.clone_flags_high = 1ULL << below(r, 64);
		break;
	case SIN_RESERVED:
		if (one_in(r, 2))
			c->args.reserved0 = 1u << below(r, 32);
		else
			c->args.reserved1 = 1ULL << below(r, 64);
		break;
	case SIN_ADDRESS:
		*ONE_OF(r, addresses) |= 1ULL << (32 + below(r, 32));
		break;
	case SIN_STACK:
		sin_against_stack(r, &c->args);
		break;
	case SIN_NR:
		c->args.nr_pids = ONE_OF(r, counts);
		break;
	case SIN_LIST:
		c->pids_at = FIRST_BAD_PLACE + below(r, PLACES - FIRST_BAD_PLACE);
		break;
	case SIN_NUMBER:
	case SIN_TAKEN:
		sin_against_list(r, c, sin == SIN_TAKEN);
		break;
	case SIN_FLAGS:
		c->flags ^= (one_in(r, 2) ? 1u << below(r, 32) : rng_next(r) & rng_next(r)) & ~CSIGNAL;
		break;
	case SIN_TLS:
		sin_against_tls(r, c);
		break;
	case SIN_PIDFD:
		c->flags = (c->flags & ~CLONE_PARENT_SETTID) | CLONE_PIDFD;
		c->args.parent_tid_ptr = one_in(r, 2) ? 0 : 0xc0000000 + below(r, 0x3fffffff);
		break;
	case SIN_NAMESPACES:
		c->flags |= rng_next(r) & NAMESPACES;
		break;
	default:
		sin_all(r, c);
	}
}

/* At a shared level most numbers are other people's business, and a worker does not know whether they are taken. */
static void leave_others_alone(struct call *c)
{
	int oldest = w.born + 1 - (int)c->args.nr_pids;
	bool by_dead;

	if (c->args.nr_pids > (unsigned int)w.born + 1)
		return;
	for (int level = oldest; level < w.shared_levels; level++) {
		pid_t *n = &c->pids[level - oldest];

		if (*n > 0 && *n < NUMBERS && !is_asked_for(w.index, level, *n) && !pid_taken(level, *n, &by_dead))
			*n = own_number(w.index, level, POOL - 1 - c->slot);
	}
}

void draw(struct call *c, unsigned int number)
{
	static const enum fate fates[] = {
		KEPT, KEPT, KEPT, KEPT, LEFT_AS_ZOMBIE, LEFT_AS_ZOMBIE, LEFT_AS_ZOMBIE, ENDED, KILLED,
	};
	struct rng r = rng_for(shared->seed, w.index, number);

	*c = (struct call){
		.number = number,
		.method = one_in(&r, 16) ? BY_CLONE : one_in(&r, 12) ? BY_CLONE3 : BY_PIDS,
		.args_size = CLONE_WITH_PIDS_ARGS_SIZE,
		.args_at = below(&r, FIRST_BAD_PLACE),
		.pids_at = below(&r, FIRST_BAD_PLACE),
		.tls_at = below(&r, FIRST_BAD_PLACE),
		.flags = draw_flags(&r) | draw_signal(&r),
		.tls = draw_tls(&r),
		.slot = below(&r, SLOTS),
		.fate = ONE_OF(&r, fates),
		.status = 1 + below(&r, 255),
		.join = one_in(&r, 2) ? (int)below(&r, SLOTS) : -1,
		.ask_again = one_in(&r, 12),
		.spare_init = !one_in(&r, 4),
	};
	draw_stack(&r, &c->args);
	c->args.parent_tid_ptr = random_word(&r, &w.parent_word[c->slot], false);
	c->args.child_tid_ptr = random_word(&r, &w.child_word[c->slot], true);
	draw_list(&r, c);
	if (below(&r, 4))
		for (unsigned int sins = one_in(&r, 3) ? 2 + below(&r, 2) : 1; sins; sins--)
			commit(&r, c, below(&r, SINS));
	if (c->method == BY_CLONE)
		c->args.nr_pids = 0;
	if (c->method == BY_CLONE3) {
		c->flags = SIGCHLD;
		if (c->args.nr_pids > ARRAY_SIZE(c->pids))
			c->args.nr_pids = 0;
	}
	leave_others_alone(c);
	if ((c->flags & CSIGNAL) == SIGKILL || (c->flags & CSIGNAL) == SIGSTOP)
		c->flags = (c->flags & ~CSIGNAL) | SIGCHLD;
}
