/* SPDX-License-Identifier: GPL-2.0 */
/* One call: its arguments, what the model predicts, and what became of the kid. */
#ifndef CALL_H
#define CALL_H

#include <asm/ldt.h>
#include <linux/sched.h>

#include "fuzz.h"

/* Where an argument lies. */
enum place {
	ALIGNED, MISALIGNED, AT_EDGE, ACROSS_PAGES, READ_ONLY,	/* all of it can be read */
	LAST_BYTE_OUT, HALF_OUT, FIRST_BYTE_IN, INTO_PROT_NONE,
	AT_NULL, UNMAPPED, IN_KERNEL, INTO_KERNEL, AT_TOP,
	PLACES, FIRST_BAD_PLACE = LAST_BYTE_OUT
};

enum method { BY_PIDS, BY_CLONE, BY_CLONE3 };
enum fate { KEPT, ENDED, KILLED, LEFT_AS_ZOMBIE };

struct call {
	/* What draw() chooses at random. */
	unsigned int number;
	enum method method;
	uint32_t flags;
	enum place args_at, pids_at, tls_at;
	int32_t args_size;
	struct clone_with_pids_args args;
	pid_t pids[MAX_LEVELS + 3];
	struct user_desc tls;
	int slot;
	enum fate fate;
	int status;		/* ENDED: the exit status of the kid */
	int join;		/* the slot of the kid whose group the new one joins, or -1 */
	bool ask_again, spare_init;

	/* What put_in_memory() makes of it. */
	unsigned long args_ptr, pids_ptr, tls_ptr;
	struct clone_args clone3;
	pid_t set_tid[MAX_LEVELS + 3];
};

/* What the model predicts: this errno, or 0; or contended, if a common number turns out to be taken. */
struct expected {
	int error;
	int contended;		/* 0, EBUSY or EEXIST */
	bool late;		/* refused after the kernel has already chosen its own numbers */
	bool by_dead;		/* the number is taken by a zombie, or by the group of a dead leader */
};

enum rights { ALL_RIGHTS, NO_RIGHTS, USERNS_ROOT };
/*
 * Where children are born: in the worker's own pid namespace or in a container; after unshare(), in a namespace that is
 * empty, that has an init, whose init has died, or whose init was never born.
 */
enum birthplace { OWN_NS, CONTAINER, EMPTY_NS, UNSHARED_NS, DEAD_NS, STILLBORN_NS };

struct kid {
	enum { NOBODY, LIVE, ZOMBIE } state;
	pid_t pid;			/* as the worker sees it */
	struct numbers numbers;
	uint32_t flags;
	const uint32_t *cleared;	/* the worker's word that the kernel clears when the kid ends, or NULL */
	bool is_thread, is_sibling, is_init;
	int member, leader;		/* the slots of the one kid in its group, and of its group's leader; or -1 */
	bool keeps;			/* it is in the group of a dead leader, which had the numbers in kept */
	struct numbers kept;
};

struct worker {
	int index, episode;
	int own, born;			/* the levels of the worker and of its children */
	int shared_levels;		/* 1 or 2 */
	bool is_init;
	enum rights rights;
	enum birthplace birthplace;
	bool is_unshared;		/* its birthplace is or was EMPTY_NS */
	pid_t owned_from;		/* the first level whose namespace belongs to the worker's user namespace */
	pid_t counter[MAX_LEVELS + 1];	/* the number that the kernel tries next at each private level; -1: unknown */
	int lowest_fd;
	int ask_keeper, keeper_says;
	uint32_t parent_word[SLOTS], child_word[SLOTS];
	struct kid kids[SLOTS];
};

extern struct worker w;
#define UNTOUCHED 0xa5a5a5a5u

/* draw.c, memory.c */
void draw(struct call *c, unsigned int number);
void set_up_memory(void);
void put_in_memory(struct call *c);
bool place_readable(enum place place);
bool word_writable(uint64_t address);
/* An address, good or bad, at which the kernel is to store a tid or a descriptor. */
uint64_t random_word(struct rng *r, uint32_t *word, bool for_child);

/* model.c */
struct expected predict(const struct call *c);
bool pid_taken(int level, pid_t n, bool *by_dead);
pid_t next_number(int level);

/* check.c */
void mismatch(const struct call *c, const char *format, ...) __attribute__((format(printf, 2, 3), noreturn));
void check_refused(const struct call *c);
void check_numbers(const struct call *c, const struct kid *k);
void check_told(const struct call *c, const struct kid *k);

/* kids.c */
void adopt(const struct call *c, pid_t pid);
void move_counters(const struct call *c, const struct numbers *born);
bool slot_is_spared(const struct call *c);
void end_slot(const struct call *c, int slot);
void end_all(const struct call *c);
void drain_signals(void);

/* place.c: where a worker is. */
void take_place(int worker, int episode, const int keeper[2], bool is_init);
void leave_place(void);
const char *place_text(void);

#endif
