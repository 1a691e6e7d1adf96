/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The harness: suites of cases.  Each case runs in a process of its own and has one verdict.
 *
 * A suite is a list of groups.  A group is a table of rows and the function that runs one row.  Each row is a case, and
 * its member `name' is the case's name.  To add a suite: write a file with its tables, end it with SUITE(), and add one
 * line to suites.h.
 *
 * A case passes only when its function returns, in the process that called it, and no process of the case called
 * fail().  A crash, a hang or an early exit is a failure: no verdict, no pass.  On a kernel without the system call
 * every case fails, whatever it tests.
 */
#ifndef HARNESS_H
#define HARNESS_H

#include <stdbool.h>
#include <stddef.h>

/* The time limit of one case, unless --timeout says otherwise.  The slowest cases need about a sixth of it. */
#define CASE_TIMEOUT_S 60

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

struct group {
	const void *rows;
	size_t count;
	size_t row_size;
	size_t name_offset;
	void (*run)(const void *row);
};

struct suite {
	const char *name;
	const struct group *groups;
	size_t count;
	int hidden;		/* run only when it is named */
	int leaves_orphans;	/* PID 1, not the runner, adopts what its cases leave behind */
	int slow;		/* its cases have this many times the usual time limit; 0: the usual one */
	const char *needs;	/* the suite runs only on a kernel with this path; NULL: on any */
};

#define ROWS(table, run_row) \
	{ (table), ARRAY_SIZE(table), sizeof((table)[0]), offsetof(__typeof__((table)[0]), name), (run_row) }

/* A table of plain functions, for cases that share nothing. */
struct function_row {
	const char *name;
	void (*run)(void);
};

void run_function(const void *row);
#define FUNCTIONS(table) ROWS(table, run_function)

/* SUITE(id), or with members of the struct: SUITE(id, .hidden = 1). */
#define SUITE(id, ...) \
	const struct suite id##_suite = { \
		.name = #id, .groups = id##_groups, .count = ARRAY_SIZE(id##_groups), ##__VA_ARGS__ \
	}
#define HIDDEN_SUITE(id) SUITE(id, .hidden = 1)
#define ORPHANS_SUITE(id) SUITE(id, .leaves_orphans = 1)

/*
 * Fail the case for this reason: what was expected and what was seen.  Ends the calling process, which may be any
 * process of the case.  The first reason given is the one that is shown.
 */
void fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* Skip the case, which cannot run here for this reason.  Skips are counted and shown; our image should have none. */
void skip(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* Tell the reader of the results something, such as a measurement.  Not a verdict: the case continues. */
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* How much a case tries where it usually takes samples: fewer samples (--quick), or everything (--thorough: hours). */
enum effort { USUAL, QUICK, THOROUGH };

enum effort effort(void);

/* fail() with errno's text, when a step of the test itself did not work. */
void broken(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* fail() unless got equals want; the text says what was compared. */
void expect(long got, long want, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* As expect(), for the result of a system call: want is an errno, or 0 for any success. */
void expect_errno(long ret, int want, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* "EINVAL" for 22 and so on; the number for an errno that the suites never meet. */
const char *errno_name(int value);

struct suite_entry {
	const char *room;	/* the folder in tests/guest with the suite's file */
	const struct suite *suite;
	bool is_long;		/* left out by --short */
};

/* Run what the arguments select (see --help).  Returns the exit status. */
int run_suites(int argc, char **argv, const struct suite_entry *suites, size_t count);

#endif
