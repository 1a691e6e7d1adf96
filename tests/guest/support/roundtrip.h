/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Programs that are checkpointed and restarted with the tools, and that check themselves from inside.
 *
 * A subject is a function that runs as the init of a container, a copy of the test program.  It prepares what is to
 * come back, calls record_here(), and looks at everything when that returns: then it has been restarted.  If it
 * returns, all was well; if it calls wrong(), it was not.  Its voice is a file: the test's own functions, fail() and
 * expect() and what stands on them, do not reach anybody from there.
 *
 * From outside, the pids, process groups, sessions and parents of all tasks and threads are compared at every level,
 * and nothing may be left of the tree at the end.
 */
#ifndef RESTORED_H
#define RESTORED_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "tool.h"

/*
 * For the subject, and any task of its tree.
 */

typedef void subject(void);

/* A line into the file that the test reads. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The case fails, for this reason.  Does not return. */
void wrong(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* wrong() unless it holds; shows the expression, and the line of the source. */
#define MUST(condition) \
	((condition) ? (void)0 : wrong("%s:%d: does not hold: %s (errno %d)", __FILE__, __LINE__, #condition, errno))

/* wrong() unless two numbers are equal; shows both. */
#define SAME(is, was) must_be_same(__FILE__, __LINE__, #is, (long)(is), (long)(was))
void must_be_same(const char *file, int line, const char *what, long is, long was);

/* All is prepared: from now on the tree may be recorded. */
void ready(void);

/* Has the tree been restarted?  The other tasks of a tree look at this, or wait for it. */
bool restarted(void);
void await_restart(void);

/* ready(), and wait until restarted. */
void record_here(void);

/* A page of words, 0 at first, that the tasks share which are born after this. */
volatile uint32_t *share_words(void);

/* Wait, bounded, for a word in memory that is shared. */
void await_word(const volatile uint32_t *word, uint32_t value);

/*
 * Wait, bounded, until the children of the calling process and its other threads are all in one of these states,
 * letters of /proc/PID/stat.  Who has said that it is about to wait for something, and is in state S, waits.
 */
void await_states(const char *letters);

/* The root of a tree: nothing of the test's is open in it.  Only roundtrip.c calls it. */
void run_inside(subject *run) __attribute__((noreturn));

/* What it says; and, when it has been restarted, a word that was not known before. */
#define RESTORED_SAID "/mnt/said"
#define RESTORED_GO   "/mnt/go"

/*
 * For the test.
 */

/* How a tree is brought back; a set of bits. */
enum way {
	WAY_LEFT = 1 << 0,	/* it has never been away: checkpoint --leave-running */
	WAY_ALL = 1 << 1,	/* restart */
	WAY_CLONE3 = 1 << 2,	/* restart --clone3 */
	WAY_KNOWN = 1 << 3,	/* restart --pids=known: the pids of the initial namespace are others */
	WAY_DEEPER = 1 << 4,	/* restart, in a container: there is one level more */
	WAY_STOPPED = 1 << 5,	/* restart --stopped, and then SIGCONT to each process */
};
#define EVERY_WAY (2 * WAY_STOPPED - 1)

/* The usual case: one case for each row, each of its ways once.  ways 0: WAY_LEFT and WAY_ALL. */
struct subject_row {
	const char *name;
	subject *run;
	unsigned int ways;
};

void run_subject(const void *row);
#define SUBJECTS(table) ROWS(table, run_subject)

/* State that no image can hold: checkpoint refuses it in these words, writes nothing, and the tree goes on as it was. */
struct refusal_row {
	const char *name;
	subject *run;
	const char *words;
};

void run_refusal(const void *row);
#define REFUSALS(table) ROWS(table, run_refusal)

/* The same by steps, for a test that does more between them. */
#define ROWS_MAX 600
struct restored {
	struct tasks before;			/* without the tree */
	pid_t root;				/* of the tree, now */
	struct running deeper;			/* what runs the restart in a container, if it does */
	struct relations {
		int n;
		struct relation *row;
	} was;					/* of the tree, when it was ready */
};

/* After use_tools(), or instead of it: an empty folder with room for images.  Once in a case. */
void use_images(void);

/* Start a tree in a namespace of its own, in the working directory, and wait until it is ready. */
void restored_start(struct restored *r, subject *run);

/* Into the file `image'; the tree is gone afterwards.  Returns what the tool said. */
const struct said *restored_checkpoint(struct restored *r);

/* From there; all is compared with what it was. */
void restored_restart(struct restored *r, enum way way);

/* Compare the tree as it is now, at the levels that are known after a restart in this way. */
void restored_compare(const struct restored *r, enum way way);

/* Tell the tree that it has been restarted, and wait for its answer. */
void restored_answer(const struct restored *r);

/* Has the subject said this line?  A complaint of its is a failure of the case. */
bool restored_has_said(const char *line);

/* Wait until it has, bounded. */
void restored_await(const char *line);

/* Kill it; nothing is left. */
void restored_end(struct restored *r);

#endif
