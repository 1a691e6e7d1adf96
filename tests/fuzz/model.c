// SPDX-License-Identifier: GPL-2.0
/*
 * The model: predict the result of a call.  The order of the checks is the documentation's; where that says "whatever
 * clone() returns", the order is that of copy_process() in kernel/fork.c.
 */
#include <errno.h>

#include "call.h"

#define NEW_NAMESPACES (CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP)
#define RESERVED_PIDS 300	/* below this the kernel's choice does not start again after pid_max */

static bool has(const struct numbers *n, int level, pid_t pid)
{
	return level < n->levels && n->pid[level] == pid;
}

bool pid_taken(int level, pid_t n, bool *by_dead)
{
	*by_dead = false;
	if (n == 1 && level < w.shared_levels)
		return true;
	for (int i = 0; i < shared->settled[w.index].n; i++)
		if (has(&shared->settled[w.index].who[i], level, n))
			return true;
	for (const struct kid *k = w.kids; k < w.kids + SLOTS; k++) {
		if (k->state == NOBODY)
			continue;
		*by_dead = k->state == ZOMBIE && has(&k->numbers, level, n);
		if (has(&k->numbers, level, n))
			return true;
		*by_dead = k->keeps && has(&k->kept, level, n);
		if (*by_dead)
			return true;
	}
	return false;
}

/* What the kernel chooses at a private level: the next that is free; -1: not known. */
pid_t next_number(int level)
{
	pid_t first = w.counter[level] > RESERVED_PIDS ? RESERVED_PIDS : 1;
	pid_t n = w.counter[level] > first ? w.counter[level] : first;
	bool by_dead;

	if (w.counter[level] < 0)
		return -1;
	for (int tries = 0; tries < NUMBERS; tries++, n++) {
		if (n >= NUMBERS)
			n = first;
		if (!pid_taken(level, n, &by_dead))
			return n;
	}
	return -1;
}

static int args_error(const struct call *c)
{
	const struct clone_with_pids_args *a = &c->args;

	if (c->args_size != CLONE_WITH_PIDS_ARGS_SIZE)
		return EINVAL;
	if (!place_readable(c->args_at))
		return EFAULT;
	if (a->clone_flags_high || a->reserved0 || a->reserved1)
		return EINVAL;
	if ((a->child_stack_base | a->child_stack_size | a->parent_tid_ptr | a->child_tid_ptr) >> 32)
		return EINVAL;
	if (a->child_stack_base + a->child_stack_size > 0xffffffff || (a->child_stack_size && !a->child_stack_base))
		return EINVAL;
	return 0;
}

static bool number_valid(int level, pid_t n)
{
	bool has_no_init = level == w.born && (w.birthplace == EMPTY_NS || w.birthplace == STILLBORN_NS);

	return n >= 0 && n < NUMBERS && (n <= 1 || !has_no_init);
}

static int list_error(const struct call *c, struct expected *e)
{
	unsigned int nr = c->args.nr_pids;
	int oldest = w.born + 1 - nr, readable = place_readable(c->pids_at);

	if (nr > (unsigned int)w.born + 1)
		return shared->broken_rule == BROKEN_COUNT && (int)nr < 0 ? EFAULT : EINVAL;
	if (shared->broken_rule == BROKEN_ORDER && !readable)
		return EFAULT;
	if (w.rights != ALL_RIGHTS)
		return EPERM;
	if (!readable)
		return EFAULT;
	for (unsigned int i = 0; i < nr; i++)
		if (!number_valid(oldest + i, c->pids[i]))
			return EINVAL;
	for (unsigned int i = 0; i < nr; i++) {
		if (c->pids[i] && pid_taken(oldest + i, c->pids[i], &e->by_dead))
			return shared->broken_rule == BROKEN_EBUSY ? EINVAL : EBUSY;
		if (c->pids[i] && is_common(w.index, oldest + i, c->pids[i]))
			e->contended = EBUSY;
	}
	return 0;
}

static int flags_error(uint32_t f)
{
	if ((f & CLONE_PIDFD) && (f & CLONE_PARENT_SETTID))
		return EINVAL;
	if ((f & CLONE_FS) && (f & (CLONE_NEWNS | CLONE_NEWUSER)))
		return EINVAL;
	if ((f & CLONE_NEWUSER) && !shared->userns_for_all && w.rights != ALL_RIGHTS)
		return EPERM;
	if ((f & CLONE_THREAD) && !(f & CLONE_SIGHAND))
		return EINVAL;
	if ((f & CLONE_SIGHAND) && !(f & CLONE_VM))
		return EINVAL;
	if ((f & CLONE_PARENT) && w.is_init)
		return EINVAL;
	if ((f & CLONE_THREAD) && ((f & (CLONE_NEWUSER | CLONE_NEWPID)) || w.birthplace != OWN_NS))
		return EINVAL;
	if ((f & CLONE_PIDFD) && (f & CLONE_DETACHED))
		return EINVAL;
	return 0;
}

static int namespaces_error(uint32_t f)
{
	if (!(f & NEW_NAMESPACES))
		return 0;
	if (!(f & CLONE_NEWUSER) && w.rights == NO_RIGHTS)
		return EPERM;
	if ((f & CLONE_NEWIPC) && (f & CLONE_SYSVSEM))
		return EINVAL;
	if (((f & CLONE_NEWUTS) && !shared->has_uts) || ((f & CLONE_NEWIPC) && !shared->has_ipc))
		return EINVAL;
	if ((f & CLONE_NEWPID) && w.birthplace != OWN_NS)
		return EINVAL;
	if ((f & CLONE_NEWPID) && w.born == MAX_LEVEL)
		return ENOSPC;
	return (f & CLONE_NEWNET) && !shared->has_net ? EINVAL : 0;
}

static int tls_error(const struct call *c)
{
	const struct user_desc *d = &c->tls;
	bool no_segment = !d->base_addr && !d->limit && !d->contents && !d->seg_32bit && !d->limit_in_pages &&
			  !d->useable && d->read_exec_only == d->seg_not_present;

	if (!(c->flags & CLONE_SETTLS))
		return 0;
	if (!place_readable(c->tls_at))
		return EFAULT;
	if (!no_segment && (!d->seg_32bit || d->contents > 1 || d->seg_not_present))
		return EINVAL;
	return d->entry_number < 6 || d->entry_number > 8 ? EINVAL : 0;
}

/* What goes wrong when the pid is made already. */
static int late_error(const struct call *c)
{
	if (w.birthplace == DEAD_NS || w.birthplace == STILLBORN_NS)
		return ENOMEM;
	return (c->flags & CLONE_PIDFD) && !word_writable(c->args.parent_tid_ptr) ? EFAULT : 0;
}

/* clone3() looks at one entry after the other, the youngest first. */
static int set_tid_error(const struct call *c, struct expected *e)
{
	int nr = c->args.nr_pids;

	if (nr > MAX_LEVEL || nr > w.born + 1)
		return EINVAL;
	for (int i = 0; i < nr; i++) {
		pid_t n = c->set_tid[i];
		int level = w.born - i;

		if (!n || !number_valid(level, n))
			return EINVAL;
		if (w.rights != ALL_RIGHTS && level < w.owned_from)
			return EPERM;
		if (pid_taken(level, n, &e->by_dead))
			return EEXIST;
		if (is_common(w.index, level, n))
			e->contended = EEXIST;
	}
	return 0;
}

struct expected predict(const struct call *c)
{
	struct expected e = { 0 };

	if (c->method == BY_CLONE3) {
		e.error = set_tid_error(c, &e);
	} else {
		if (c->method == BY_PIDS)
			e.error = args_error(c);
		if (!e.error && c->method == BY_PIDS && c->args.nr_pids)
			e.error = list_error(c, &e);
		if (!e.error)
			e.error = flags_error(c->flags);
		if (!e.error)
			e.error = namespaces_error(c->flags);
		if (!e.error)
			e.error = tls_error(c);
	}
	if (!e.error) {
		e.error = late_error(c);
		e.late = e.error;
	}
	return e;
}
