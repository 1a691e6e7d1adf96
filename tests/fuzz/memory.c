// SPDX-License-Identifier: GPL-2.0
/* Put arguments at addresses that can be read in full, in part, or not at all. */
#include <string.h>
#include <sys/mman.h>

#include "call.h"

#define PAGE   4096UL
#define KERNEL 0xc0000000UL

/* For each of the three arguments: two pages that can be read, a third that cannot; and one that is read-only. */
enum { ARGS, PIDS, TLS, ARGUMENTS };
static char *area[ARGUMENTS], *guarded[ARGUMENTS], *read_only[ARGUMENTS];
static char *writable, *not_writable, *hole;

static char *map(size_t pages)
{
	char *p = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		stop_errno("mmap");
	return p;
}

static void forbid(char *page)
{
	if (mprotect(page, PAGE, PROT_NONE) < 0)
		stop_errno("mprotect");
}

void set_up_memory(void)
{
	for (int i = 0; i < ARGUMENTS; i++) {
		area[i] = map(3);
		guarded[i] = map(2);
		read_only[i] = map(1);
		forbid(guarded[i] + PAGE);
	}
	writable = map(1);
	not_writable = map(1);
	/* Last of all, so that nothing else comes to lie in the holes. */
	for (int i = 0; i < ARGUMENTS; i++)
		if (munmap(area[i] + 2 * PAGE, PAGE) < 0)
			stop_errno("munmap");
	if (mprotect(not_writable, PAGE, PROT_READ) < 0)
		stop_errno("mprotect");
	hole = area[ARGS] + 2 * PAGE;
}

bool place_readable(enum place place)
{
	return place < FIRST_BAD_PLACE;
}

/* As much of the object as there is room for, so that it ends `out' bytes behind the edge. */
static char *at_edge(char *edge, const void *object, size_t size, size_t out)
{
	if (size > 2 * PAGE)
		size = 2 * PAGE;
	if (out > size)
		out = size;
	return memcpy(edge - (size - out), object, size - out);
}

static unsigned long put(int argument, enum place place, const void *object, size_t size)
{
	char *p = area[argument], *edge = p + 2 * PAGE;

	switch (place) {
	case ALIGNED:
		return (unsigned long)memcpy(p + 64, object, size);
	case MISALIGNED:
		return (unsigned long)memcpy(p + 65, object, size);
	case ACROSS_PAGES:
		return (unsigned long)memcpy(p + PAGE - size / 2, object, size);
	case READ_ONLY:
		if (mprotect(read_only[argument], PAGE, PROT_READ | PROT_WRITE) < 0)
			stop_errno("mprotect");
		memcpy(read_only[argument], object, size);
		if (mprotect(read_only[argument], PAGE, PROT_READ) < 0)
			stop_errno("mprotect");
		return (unsigned long)read_only[argument];
	case AT_EDGE:
		return (unsigned long)at_edge(edge, object, size, 0);
	case LAST_BYTE_OUT:
		return (unsigned long)at_edge(edge, object, size, 1);
	case HALF_OUT:
		return (unsigned long)at_edge(edge, object, size, size / 2);
	case FIRST_BYTE_IN:
		return (unsigned long)at_edge(edge, object, size, size - 1);
	case INTO_PROT_NONE:
		return (unsigned long)at_edge(guarded[argument] + PAGE, object, size, 1);
	case UNMAPPED:
		return (unsigned long)edge;
	case IN_KERNEL:
		return KERNEL + size;
	case INTO_KERNEL:
		return KERNEL - size / 2;
	case AT_TOP:
		return 0UL - size / 2;
	default:
		return 0;
	}
}

/* The list of clone3() is the other way round. */
static void make_clone3(struct call *c)
{
	unsigned int n = c->args.nr_pids;

	for (unsigned int i = 0; i < n; i++)
		c->set_tid[i] = c->pids[n - 1 - i];
	c->clone3 = (struct clone_args){
		.exit_signal = c->flags & CSIGNAL,
		.set_tid = n ? (unsigned long)c->set_tid : 0,
		.set_tid_size = n,
	};
}

void put_in_memory(struct call *c)
{
	unsigned int n = c->args.nr_pids < ARRAY_SIZE(c->pids) ? c->args.nr_pids : ARRAY_SIZE(c->pids);

	c->args_ptr = put(ARGS, c->args_at, &c->args, sizeof(c->args));
	c->pids_ptr = put(PIDS, c->pids_at, c->pids, n * sizeof(*c->pids));
	c->tls_ptr = put(TLS, c->tls_at, &c->tls, sizeof(c->tls));
	if (c->method == BY_CLONE3)
		make_clone3(c);
}

/* Mostly the slot's own word. */
uint64_t random_word(struct rng *r, uint32_t *word, bool for_child)
{
	switch (below(r, 12)) {
	case 0:
		return 0;
	case 1:
		return (unsigned long)hole + below(r, PAGE);
	case 2:
		return KERNEL + below(r, PAGE);
	case 3:
		return (unsigned long)not_writable + 4 * below(r, PAGE / 4);
	case 4:
		return (unsigned long)writable + for_child * PAGE / 2 + below(r, PAGE / 2 - 3);
	default:
		return (unsigned long)word;
	}
}

bool word_writable(uint64_t address)
{
	unsigned long a = address;

	return (a >= (unsigned long)writable && a <= (unsigned long)writable + PAGE - 4) ||
	       (a >= (unsigned long)w.parent_word && a < (unsigned long)w.parent_word + sizeof(w.parent_word)) ||
	       (a >= (unsigned long)w.child_word && a < (unsigned long)w.child_word + sizeof(w.child_word));
}
