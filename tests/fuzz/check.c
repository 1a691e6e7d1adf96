// SPDX-License-Identifier: GPL-2.0
/* Check the effects of a call, and report a mismatch with the model. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "call.h"

static const char *const methods[] = { "clone_with_pids", "clone", "clone3" };

static const char *const places[] = {
	"aligned", "misaligned", "at an edge", "across pages", "read-only", "last byte out", "half out",
	"first byte in", "into PROT_NONE", "NULL", "unmapped", "in the kernel", "into the kernel", "at the top",
};

void mismatch(const struct call *c, const char *format, ...)
{
	const struct clone_with_pids_args *a = &c->args;
	unsigned int nr = a->nr_pids < ARRAY_SIZE(c->pids) ? a->nr_pids : ARRAY_SIZE(c->pids);
	char text[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	stop("seed %llu: worker %d, %s, episode %d, call %u: %s(ebx %#x, ecx %#lx (%s), edx %d, esi %#lx (%s), "
	     "edi %#lx (%s)), {high %#llx, stack %#llx + %#llx, parent_tid_ptr %#llx, child_tid_ptr %#llx, nr_pids %u, "
	     "reserved %#x %#llx}, pids {%s}, TLS entry %d, slot %d: %s",
	     (unsigned long long)shared->seed, w.index, place_text(), w.episode, c->number, methods[c->method],
	     c->flags, c->args_ptr, places[c->args_at], c->args_size, c->tls_ptr, places[c->tls_at], c->pids_ptr,
	     places[c->pids_at], (unsigned long long)a->clone_flags_high, (unsigned long long)a->child_stack_base,
	     (unsigned long long)a->child_stack_size, (unsigned long long)a->parent_tid_ptr,
	     (unsigned long long)a->child_tid_ptr, a->nr_pids, a->reserved0, (unsigned long long)a->reserved1,
	     numbers_text(nr, c->pids), (int)c->tls.entry_number, c->slot, text);
}

/* A refused call stores nothing, leaves no descriptor behind, and nobody is born. */
void check_refused(const struct call *c)
{
	int fd = dup(0);

	if (fd != w.lowest_fd)
		mismatch(c, "refused, and the lowest free descriptor: expected %d, saw %d", w.lowest_fd, fd);
	close(fd);
	if (w.parent_word[c->slot] != UNTOUCHED || w.child_word[c->slot] != UNTOUCHED)
		mismatch(c, "refused, and stored: %#x at parent_tid_ptr, %#x at child_tid_ptr",
			 w.parent_word[c->slot], w.child_word[c->slot]);
	if (shared->parked[w.index][c->slot].arrived)
		mismatch(c, "refused, and a kid was born: %u", shared->parked[w.index][c->slot].tid);
}

/* The number that was asked for at this level, or 0. */
static pid_t asked(const struct call *c, int level)
{
	int i = level - (w.born + 1 - (int)c->args.nr_pids);

	return i < 0 ? 0 : c->pids[i];
}

/* At every level the number is the one that was asked for, or one that was free: at private levels, the next. */
void check_numbers(const struct call *c, const struct kid *k)
{
	const struct numbers *n = &k->numbers;
	int levels = w.born + 1 + !!(k->flags & CLONE_NEWPID);
	bool by_dead;

	if (n->levels != levels)
		mismatch(c, "kid %d: expected %d levels, saw {%s}", k->pid, levels, numbers_text(n->levels, n->pid));
	if (n->pid[w.own] != k->pid)
		mismatch(c, "returned %d, the kid has {%s}", k->pid, numbers_text(levels, n->pid));
	if (k->flags & CLONE_NEWPID && n->pid[levels - 1] != 1)
		mismatch(c, "in the new namespace: expected 1, saw {%s}", numbers_text(levels, n->pid));
	w.kids[c->slot].state = NOBODY;		/* it is not to be compared with itself */
	for (int level = 0; level <= w.born; level++) {
		pid_t want = asked(c, level);

		if (!want && level >= w.shared_levels)
			want = next_number(level);
		if (want > 0 ? n->pid[level] != want : n->pid[level] <= 0 || pid_taken(level, n->pid[level], &by_dead))
			mismatch(c, "level %d: expected %d (-1: any free one), saw {%s}", level, want,
				 numbers_text(levels, n->pid));
	}
	w.kids[c->slot].state = LIVE;
}

static void check_word(const struct call *c, const char *what, uint32_t seen, uint32_t want)
{
	if (seen != want)
		mismatch(c, "%s: expected %#x, saw %#x", what, want, seen);
}

/* What the kid sees and what has been stored; the kid has arrived. */
void check_told(const struct call *c, const struct kid *k)
{
	const struct parked *p = &shared->parked[w.index][c->slot];
	uint32_t own = k->numbers.pid[k->numbers.levels - 1], stack, parent = UNTOUCHED, child = UNTOUCHED;
	bool is_shared = k->flags & CLONE_VM;

	stack = c->method == BY_CLONE3 ? 0 : c->args.child_stack_base + c->args.child_stack_size;
	check_word(c, "the kid's own tid", p->tid, own);
	check_word(c, "the kid's own pid", p->tgid, k->is_thread ? (uint32_t)getpid() : own);
	check_word(c, "the kid's stack pointer", p->sp, stack ? stack : p->caller_sp);
	if (c->method == BY_CLONE3)
		return;
	if ((k->flags & CLONE_CHILD_SETTID) && (uint32_t)c->args.child_tid_ptr == (unsigned long)&w.child_word[c->slot])
		child = own;
	check_word(c, "CLONE_CHILD_SETTID in the kid's memory", p->seen, child);
	if (k->flags & CLONE_VFORK && k->cleared)
		child = 0;
	check_word(c, "CLONE_CHILD_SETTID in the worker's memory", w.child_word[c->slot],
		   is_shared ? child : UNTOUCHED);
	if ((uint32_t)c->args.parent_tid_ptr != (unsigned long)&w.parent_word[c->slot])
		return;
	if (k->flags & CLONE_PARENT_SETTID)
		parent = k->pid;
	else if (k->flags & CLONE_PIDFD)
		parent = w.lowest_fd;
	check_word(c, "what is stored at parent_tid_ptr", w.parent_word[c->slot], parent);
}
