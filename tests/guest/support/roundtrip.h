/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Programs that the tools checkpoint and restart, and that check themselves from inside.
 *
 * A subject is a function that runs in a copy of the test program, as the init of a container.  It prepares the state
 * that should come back, and calls record_here().  When that returns, the subject has been restarted and checks
 * everything.  A subject that returns has passed; one that calls wrong() has failed.  It reports through a file: the
 * test's own fail() and expect(), and whatever calls them, reach nobody from inside the container.
 *
 * From outside, the test compares the pids, process groups, sessions and parents of all tasks and threads at every
 * level.  Nothing of the tree may be left at the end.
 */
#ifndef RESTORED_H
#define RESTORED_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "tool.h"

/*
 * For the subject, and for any task of its tree.
 */

typedef void subject(void);

/* Write a line to the file that the test reads. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Fail the case for this reason. */
void wrong(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* wrong() unless it holds; shows the expression, and the line of the source. */
#define MUST(condition) \
	((condition) ? (void)0 : wrong("%s:%d: does not hold: %s (errno %d)", __FILE__, __LINE__, #condition, errno))

/* wrong() unless two numbers are equal; shows both. */
#define SAME(is, was) must_be_same(__FILE__, __LINE__, #is, (long)(is), (long)(was))
void must_be_same(const char *file, int line, const char *what, long is, long was);

/* Tell the test that everything is prepared: from now on the tree may be recorded. */
void ready(void);

/* Has the tree been restarted?  The tasks other than the root poll this, or wait for it. */
bool restarted(void);
void await_restart(void);

/* ready(), then await_restart(). */
void record_here(void);

/* Map a page of words, all 0, that tasks born after this share with the caller. */
volatile uint32_t *share_words(void);

/* Wait, bounded, until a word in shared memory has this value. */
void await_word(const volatile uint32_t *word, uint32_t value);

/*
 * Wait, bounded, until all children of the calling process, and its other threads, are in one of these states (letters
 * of /proc/PID/stat).  A task that has announced that it is about to wait, and is in state S, is waiting.
 */
void await_states(const char *letters);

/* Run the root of a tree, with none of the test's files open.  Only roundtrip.c calls this. */
void run_inside(subject *run) __attribute__((noreturn));

/* What the subject says; and, once it has been restarted, a word that it could not have known before. */
#define RESTORED_SAID "/mnt/said"
#define RESTORED_GO   "/mnt/go"

/*
 * For the test.
 */

/* How a tree is brought back: a set of bits. */
enum way {
	WAY_LEFT = 1 << 0,	/* not at all, it continues: checkpoint --leave-running */
	WAY_ALL = 1 << 1,	/* restart */
	WAY_CLONE3 = 1 << 2,	/* restart --clone3 */
	WAY_KNOWN = 1 << 3,	/* restart --pids=known: the pids in the initial namespace change */
	WAY_DEEPER = 1 << 4,	/* restart in a container, one level deeper */
	WAY_STOPPED = 1 << 5,	/* restart --stopped, then SIGCONT to each process */
};
#define EVERY_WAY (2 * WAY_STOPPED - 1)

/* The usual kind of case: each row is a case that tries each of its ways once.  ways 0: WAY_LEFT and WAY_ALL. */
struct subject_row {
	const char *name;
	subject *run;
	unsigned int ways;
};

void run_subject(const void *row);
#define SUBJECTS(table) ROWS(table, run_subject)

/* State that no image can hold: checkpoint refuses it with these words and writes nothing; the tree continues. */
struct refusal_row {
	const char *name;
	subject *run;
	const char *words;
};

void run_refusal(const void *row);
#define REFUSALS(table) ROWS(table, run_refusal)

/* The same in steps, for a test that does more between them. */
#define ROWS_MAX 600
struct restored {
	struct tasks before;			/* the tasks without the tree */
	pid_t root;				/* the present root of the tree */
	struct running deeper;			/* WAY_DEEPER: the program that runs the restart in a container */
	struct relations {
		int n;
		struct relation *row;
	} was;					/* those of the tree when it was ready */
};

/* Make an empty folder with room for images.  Call this once in a case, after use_tools() or instead of it. */
void use_images(void);

/* Start a tree in a namespace of its own, in the working directory, and wait until it is ready. */
void restored_start(struct restored *r, subject *run);

/* Checkpoint the tree to the file `image'; the tree is gone afterwards.  Returns what the tool said. */
const struct said *restored_checkpoint(struct restored *r);

/* Restart the tree from that file, and compare it with what it was. */
void restored_restart(struct restored *r, enum way way);

/* Compare the tree as it is now, at the levels that are known after a restart in this way. */
void restored_compare(const struct restored *r, enum way way);

/* Tell the tree that it has been restarted, and wait for its answer. */
void restored_answer(const struct restored *r);

/* Has the subject said this line?  If it has complained, the case fails. */
bool restored_has_said(const char *line);

/* Wait, bounded, until it has. */
void restored_await(const char *line);

/* Kill the tree, and check that nothing of it is left. */
void restored_end(struct restored *r);

#endif
