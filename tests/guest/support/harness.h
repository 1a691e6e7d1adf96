/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The harness: suites of cases, each case in a process of its own, one verdict each.
 *
 * A suite is a list of groups, a group is a table of rows and the function that runs one of them.  The first
 * member of every row is its name, and row by row they are the cases.  To add a suite: write a file with its
 * tables, end it with SUITE(), and add one line to suites.h.
 *
 * A case passes only when its function returns, in the process that called it, and nobody who belongs to the
 * case called fail().  A crash, a hang, an early exit are failures: no verdict, no pass.  A case that runs
 * on a kernel without the system call fails, whatever it tests.
 */
#ifndef HARNESS_H
#define HARNESS_H

#include <stdbool.h>
#include <stddef.h>

/* The longest that one case may take, unless --timeout says otherwise; the slowest need about a sixth of it. */
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
	int leaves_orphans;	/* what its cases leave behind is for PID 1, not for the runner */
	int slow;		/* its cases may take so many times as long as others; 0: as others */
	const char *needs;	/* a path; a kernel that does not have it is not for this suite.  NULL: any kernel */
};

#define ROWS(table, run_row) \
	{ (table), ARRAY_SIZE(table), sizeof((table)[0]), offsetof(__typeof__((table)[0]), name), (run_row) }

/* A table of plain functions, for cases that have nothing in common. */
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
 * The case fails, for this reason: what was expected and what was seen.  Ends the calling process; may be
 * called in any process of the case.  The first reason given is the one that is shown.
 */
void fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* The case cannot be run here, for this reason.  Counted and shown; none is expected on our image. */
void skip(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* Something that a reader of the results should know, a figure for instance; the case goes on.  No verdict. */
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* How much is to be tried of what a case takes only samples of: fewer (--quick), or all (--thorough), in hours. */
enum effort { USUAL, QUICK, THOROUGH };

enum effort effort(void);

/* fail() with errno's text: a step of the test itself did not work. */
void broken(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* fail() unless got is what was expected; the text says what was compared. */
void expect(long got, long want, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* As expect(), for what a system call returned: want is 0 for any success, or an errno. */
void expect_errno(long ret, int want, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* EINVAL for 22 and so on; a number for what the suite never meets. */
const char *errno_name(int value);

struct suite_entry {
	const char *room;	/* the folder of tests/guest that has the suite's file */
	const struct suite *suite;
	bool is_long;		/* left out by --short */
};

/* Do what the arguments ask for; returns the exit status.  See --help. */
int run_suites(int argc, char **argv, const struct suite_entry *suites, size_t count);

#endif
