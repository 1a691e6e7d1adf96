// SPDX-License-Identifier: GPL-2.0
/*
 * Run the cases one after the other, and report the result of each on stdout and on file descriptor 3:
 *
 *	pass SUITE: NAME
 *	FAIL SUITE: NAME: why
 *	skip SUITE: NAME: why
 *	note SUITE: NAME: what the case found out; counts as nothing
 *	guest: N passed, N failed, N skipped
 *
 * The runner is a subreaper: it adopts whatever a case leaves behind, and kills it before the next case; except in the
 * suite that tests PID 1, which must adopt the orphans itself.  The runner also restores the limits that cases lower,
 * so that a case that dies does not spoil the others.
 *
 * A suite for another kernel, that is, one whose path this kernel does not have, is left out as if it did not exist.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/wait.h>

#include "lib/clone_with_pids.h"
#include "harness.h"
#include "proc.h"
#include "lib/report.h"
#include "lib/wait.h"
#include "selection.h"
#include "verdict.h"

#define RESULTS_FD 3
#define THOROUGH_TIMES 10		/* how many times as long a case may take that tries all */

static struct {
	unsigned int passed, failed, skipped;
} total;

/* What cases change of the machine, as it was found. */
static struct {
	const char *path;
	long value;
} limits[] = { { PID_MAX, 0 }, { THREADS_MAX, 0 }, { MAX_PID_NAMESPACES, 0 } };

static struct selection selection;

enum effort effort(void)
{
	return selection.effort;
}

static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void say(const char *format, ...)
{
	char line[VERDICT_SIZE + 256];
	va_list ap;

	va_start(ap, format);
	vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	printf("%s\n", line);
	fflush(stdout);
	dprintf(RESULTS_FD, "%s\n", line);
}

/* What the case does, in its own process. */
static __attribute__((noreturn)) void case_process(const struct group *g, const void *row)
{
	if (clone_with_pids_raw(SIGCHLD, NULL, 0, NULL, NULL) == -ENOSYS)
		fail("the kernel has no clone_with_pids(): ENOSYS");
	g->run(row);
	verdict_pass();
}

static void restore_limits(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
		write_sysctl(limits[i].path, limits[i].value);
}

static void kill_leftovers(void)
{
	pid_t pid;

	while ((pid = first_child()) > 0) {
		kill(pid, SIGKILL);
		if (wait_bounded(pid, &(int){0}, __WALL, selection.timeout_ms) < 0 && errno != ECHILD)
			die("process %d, left behind by a case, does not end", pid);
	}
}

/* They outlive who made them; while there are any, tasks with several threads cannot be recorded. */
static void remove_semaphores(void)
{
	struct seminfo info;
	int last = semctl(0, 0, SEM_INFO, &info);

	for (int i = 0; i <= last; i++) {
		struct semid_ds set;
		int id = semctl(i, 0, SEM_STAT, &set);

		if (id >= 0)
			semctl(id, 0, IPC_RMID);
	}
}

/*
 * Read all records, and say the notes among them.  A failure counts more than anything else that was said, then a
 * skip; the first of its kind is the one that is shown.
 */
static char read_verdict(const char *suite, const char *name, int fd, char *text, size_t size)
{
	char buf[16 * VERDICT_SIZE], *record = buf, found = 0;
	ssize_t length = read(fd, buf, sizeof(buf) - 1);

	buf[length > 0 ? length : 0] = '\0';
	for (; record < buf + length; record += strlen(record) + 1) {
		bool first = !found || (*record != found && *record != VERDICT_PASS && found != VERDICT_FAIL);

		if (*record == VERDICT_NOTE)
			say("note %s: %s: %s", suite, name, record + 1);
		if (!first || *record == VERDICT_NOTE)
			continue;
		found = *record;
		snprintf(text, size, "%s", record + 1);
	}
	return found;
}

static void report_case(const char *suite, const char *name, char verdict, int status, const char *text)
{
	char words[64];

	if (verdict == VERDICT_FAIL) {
		say("FAIL %s: %s: %s", suite, name, text);
		total.failed++;
	} else if (verdict == VERDICT_SKIP) {
		say("skip %s: %s: %s", suite, name, text);
		total.skipped++;
	} else if (verdict == VERDICT_PASS && status_ok(status)) {
		say("pass %s: %s", suite, name);
		total.passed++;
	} else {
		say("FAIL %s: %s: no verdict: %s", suite, name, status_words(status, words, sizeof(words)));
		total.failed++;
	}
}

static void run_case(const struct suite *s, const char *name, const struct group *g, const void *row)
{
	int bound_ms = selection.timeout_ms * (s->slow ? s->slow : 1) *
		       (selection.effort == THOROUGH ? THOROUGH_TIMES : 1);
	const char *suite = s->name;
	char text[VERDICT_SIZE] = "";
	int pipefd[2], status = 0;
	bool late = false;
	char verdict;
	pid_t pid;

	if (pipe2(pipefd, O_CLOEXEC | O_NONBLOCK) < 0)
		die("pipe");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid) {
		verdict_fd = pipefd[1];
		close(pipefd[0]);
		close(RESULTS_FD);
		case_process(g, row);
	}
	close(pipefd[1]);
	if (wait_bounded(pid, &status, 0, bound_ms) < 0) {
		if (errno != ETIMEDOUT)
			die("wait for the case");
		late = true;
	}
	kill_leftovers();
	remove_semaphores();
	restore_limits();
	verdict = read_verdict(suite, name, pipefd[0], text, sizeof(text));
	close(pipefd[0]);
	if (late && verdict != VERDICT_FAIL) {
		verdict = VERDICT_FAIL;
		snprintf(text, sizeof(text), "no verdict within %d s", bound_ms / 1000);
	}
	report_case(suite, name, verdict, status, text);
}

static bool is_for_this_kernel(const struct suite *s)
{
	return !s->needs || !access(s->needs, F_OK);
}

static void print_suite(const struct suite_entry *e)
{
	const struct suite *s = e->suite;

	printf("%s/%s %s %s\n", e->room, s->name, s->hidden ? "hidden" : e->is_long ? "long" : "usual",
	       s->needs ? s->needs : "-");
}

/* Print the suite's cases, or run them. */
static void run_suite(struct selection *sel, const struct suite_entry *e)
{
	const struct suite *s = e->suite;

	if (!is_for_this_kernel(s) && !sel->any_kernel) {
		if (!sel->n)
			return;
		report(0, "suite %s: this kernel does not have %s", s->name, s->needs);
		exit(EXIT_FAILED);
	}
	if (!sel->list && prctl(PR_SET_CHILD_SUBREAPER, !s->leaves_orphans) < 0)
		die("prctl(PR_SET_CHILD_SUBREAPER)");
	for (const struct group *g = s->groups; g < s->groups + s->count; g++) {
		for (size_t i = 0; i < g->count; i++) {
			const char *row = (const char *)g->rows + i * g->row_size;
			const char *name = *(const char *const *)(row + g->name_offset);

			if (!selects_case(sel, e, name))
				continue;
			if (sel->list)
				printf("%s/%s: %s\n", e->room, s->name, name);
			else
				run_case(s, name, g, row);
		}
	}
}

static void prepare(void)
{
	if (fcntl(RESULTS_FD, F_GETFD) < 0) {
		int fd = open("/dev/null", O_WRONLY);

		if (fd < 0 || (fd != RESULTS_FD && dup2(fd, RESULTS_FD) < 0))
			die("/dev/null as file descriptor %d", RESULTS_FD);
	}
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
		limits[i].value = read_sysctl(limits[i].path);
}

int run_suites(int argc, char **argv, const struct suite_entry *suites, size_t count)
{
	report_program(argv[0]);
	selection_read(&selection, argc, argv);
	if (!selection.list && !selection.suites)
		prepare();
	for (size_t i = 0; i < count; i++) {
		if (selection.suites)
			print_suite(&suites[i]);
		else if (selects_suite(&selection, &suites[i]))
			run_suite(&selection, &suites[i]);
	}
	if (selection.suites)
		return EXIT_OK;
	selection_check(&selection);
	if (selection.list)
		return EXIT_OK;
	say("guest: %u passed, %u failed, %u skipped", total.passed, total.failed, total.skipped);
	return total.failed || total.skipped || !total.passed ? EXIT_FAILED : EXIT_OK;
}
