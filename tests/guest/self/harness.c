// SPDX-License-Identifier: GPL-2.0
/*
 * The harness itself: what must not pass does not pass.  This program runs again for each case of the hidden suite
 * `wrong'; its output on both channels and its exit status are compared.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

#include "calls.h"
#include "lib/report.h"

#define OUT_SIZE 1024

struct row {
	const char *name;	/* of the case in the suite `wrong' */
	const char *said;	/* the beginning of the line, without the suite and the name */
	char kind;		/* p: passed, F: failed, s: skipped */
	const char *noted;	/* the line before it, if there is one */
};

static const struct row rows[] = {
	{ "right", "", 'p', NULL },
	{ "says why", ": because", 'F', NULL },
	{ "crashes", ": no verdict: killed by signal 11", 'F', NULL },
	{ "is killed", ": no verdict: killed by signal 9", 'F', NULL },
	{ "exits early", ": no verdict: exit status 0", 'F', NULL },
	{ "hangs", ": no verdict within 1 s", 'F', NULL },
	{ "skips", ": not here", 's', NULL },
	{ "has a note", "", 'p', "note wrong: has a note: 3 figures\n" },
	{ "child fails", ": the child", 'F', NULL },
	{ "wrong errno", ": the call: expected EBUSY, saw EINVAL", 'F', NULL },
	{ "wrong success", ": the call: expected EINVAL, saw success (5)", 'F', NULL },
	{ "wrong refusal", ": clone_with_pids(0, {}): expected EBUSY, saw success", 'F', NULL },
	{ "wrong grant", ": clone_with_pids(0, {1}): expected success, saw EBUSY", 'F', NULL },
	{ "wrong counter", ": the counter of level 0 moved", 'F', NULL },
	{ "wrong subject", ": the subject: wrong: tests/guest/self/wrong.c:", 'F', NULL },
	{ "wrong pids", ": no task has the pids ", 'F', NULL },
	{ "no such case", NULL, 0, NULL },
};

/* Run `guest-tests OPTION ARGUMENT' with stdout and descriptor 3 on two pipes; its wait status. */
static int run_again(const char *option, const char *argument, char out[2][OUT_SIZE])
{
	int pipes[2][2], status;
	pid_t pid;

	if (pipe2(pipes[0], O_CLOEXEC) < 0 || pipe2(pipes[1], O_CLOEXEC) < 0)
		broken("pipe");
	pid = plain_clone(0);
	if (!pid) {
		int results = dup(pipes[1][1]);	/* the pipes themselves may have number 3 */

		if (dup2(pipes[0][1], 1) < 0 || dup2(results, 3) < 0)
			broken("dup2");
		dup2(open("/dev/null", O_WRONLY), 2);
		execl("/proc/self/exe", "guest-tests", option, argument, (char *)NULL);
		broken("exec");
	}
	for (int i = 0; i < 2; i++) {
		size_t used = 0;
		ssize_t n;

		close(pipes[i][1]);
		while ((n = read(pipes[i][0], out[i] + used, OUT_SIZE - 1 - used)) > 0)
			used += n;
		out[i][used] = '\0';
	}
	if (waitpid(pid, &status, 0) != pid)
		broken("wait");
	return status;
}

static void run_row(const void *row)
{
	const struct row *r = row;
	char out[2][OUT_SIZE], line[200], last[80], name[64];
	int status;

	snprintf(name, sizeof(name), "wrong: %s", r->name);
	status = run_again(strcmp(r->name, "hangs") ? "--timeout=30" : "--timeout=1", name, out);

	if (!r->kind) {
		expect(WIFEXITED(status) ? WEXITSTATUS(status) : -1, EXIT_USAGE, "the exit status");
		return;
	}
	snprintf(line, sizeof(line), "%s%s wrong: %s%s", r->noted ? r->noted : "",
		 r->kind == 'p' ? "pass" : r->kind == 's' ? "skip" : "FAIL", r->name, r->said);
	snprintf(last, sizeof(last), "\nguest: %d passed, %d failed, %d skipped\n", r->kind == 'p', r->kind == 'F',
		 r->kind == 's');
	for (int i = 0; i < 2; i++) {
		if (strncmp(out[i], line, strlen(line)) || !strstr(out[i], last))
			fail("expected `%s...' on %s, saw `%s'", line, i ? "descriptor 3" : "stdout", out[i]);
	}
	expect(WIFEXITED(status) ? WEXITSTATUS(status) : -1, r->kind == 'p' ? EXIT_OK : EXIT_FAILED,
	       "the exit status");
}

/* Asked for by its name, a suite for another kernel is an error; otherwise nobody hears of it. */
static void suite_for_another_kernel(void)
{
	char out[2][OUT_SIZE];
	int status = run_again("--timeout=1", "elsewhere", out);

	expect(WIFEXITED(status) ? WEXITSTATUS(status) : -1, EXIT_FAILED, "the exit status for that suite");
	if (*out[0] || *out[1])
		fail("a suite that needs more: expected no line, saw `%s' and `%s'", out[0], out[1]);
	status = run_again("--list", "elsewhere", out);
	expect(WIFEXITED(status) ? WEXITSTATUS(status) : -1, EXIT_FAILED, "the exit status of --list for it");
}

static const struct function_row functions[] = { { "a suite for another kernel", suite_for_another_kernel } };

static const struct group harness_groups[] = { ROWS(rows, run_row), FUNCTIONS(functions) };

SUITE(harness);
