// SPDX-License-Identifier: GPL-2.0
/*
 * A short run of guest-fuzz (tests/fuzz), with a new seed, which is printed when the run fails, and with a fixed one.
 * It must also notice when kernel and model disagree: each rule of the model is broken once.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tool.h"

#define PROGRAM "/tests/guest-fuzz"
/* A kernel that checks itself takes twenty times as long for a call. */
#define DEBUGGING_KERNEL "/proc/lockdep_stats"

struct row {
	const char *name;
	const char *seed;	/* NULL: a random one */
	const char *calls, *calls_when_debugging;
};

static const struct row rows[] = {
	{ "a random seed: every result as the model has it", NULL, "--calls=12000", "--calls=3000" },
	{ "seed 20091101: every result as the model has it", "--seed=20091101", "--calls=8000", "--calls=2000" },
};

/* What the program found out, a line each. */
static void pass_notes_on(const char *out)
{
	static const char begin[] = "note fuzz: ";

	for (const char *p = out; (p = strstr(p, begin)); p++)
		note("%.*s", (int)strcspn(p + strlen(begin), "\n"), p + strlen(begin));
}

static void run_row(const void *row)
{
	const struct row *r = row;
	const char *calls = access(DEBUGGING_KERNEL, F_OK) ? r->calls : r->calls_when_debugging;
	const struct said *s;

	use_tools();
	s = TOOL(PROGRAM, calls, r->seed);
	if (s->status || *s->err) {
		fputs(*s->err ? s->err : s->out, stdout);	/* the whole of it */
		fflush(stdout);
		fail("exit status %d: %.400s", s->status, *s->err ? s->err : s->out);
	}
	pass_notes_on(s->out);
}

struct broken_row {
	const char *name;
	const char *option;
	const char *noticed;	/* is said, with the seed in front */
};

static const struct broken_row broken_rows[] = {
	{ "noticed: a model in which a taken pid is EINVAL", "--break-model=ebusy",
	  "expected Invalid argument, saw Resource busy" },
	{ "noticed: a model that reads pids before it checks the capability", "--break-model=order",
	  "expected Bad address, saw Operation not permitted" },
	{ "noticed: a model with a signed nr_pids", "--break-model=count",
	  "expected Bad address, saw Invalid argument" },
	{ "noticed: a model in which a chosen pid moves the counter", "--break-model=counter", "any free one" },
	{ "noticed: a model in which the exit signal is always SIGCHLD", "--break-model=signal",
	  "expected signal 17, saw" },
};

static void run_broken(const void *row)
{
	const struct broken_row *r = row;
	const struct said *s;

	use_tools();
	s = TOOL(PROGRAM, "--seed=20091101", "--calls=20000", r->option);
	if (s->status != 1 || strncmp(s->err, "seed 20091101: worker ", 22) || !strstr(s->err, r->noticed))
		fail("expected exit status 1 and `%s', saw %d: %.400s", r->noticed, s->status, s->err);
}

struct usage_row {
	const char *name;
	const char *option;
	const char *named;
};

static const struct usage_row usage_rows[] = {
	{ "refused: an unknown option", "--nonsense", "`--nonsense'" },
	{ "refused: an argument", "twice", "`twice'" },
	{ "refused: no calls", "--calls=0", "--calls: 0" },
	{ "refused: calls that are no number", "--calls=many", "--calls: `many'" },
	{ "refused: an empty number of calls", "--calls=", "--calls" },
	{ "refused: a negative seed", "--seed=-1", "--seed: -1" },
	{ "refused: a seed above all numbers", "--seed=99999999999", "--seed" },
	{ "refused: a rule that there is not", "--break-model=all", "--break-model: `all'" },
};

static void run_usage(const void *row)
{
	const struct usage_row *r = row;

	use_tools();
	complained(TOOL(PROGRAM, r->option), 2, r->named);
}

static void help(void)
{
	use_tools();
	if (strncmp(succeeded(TOOL(PROGRAM, "--help"))->out, "Usage: guest-fuzz ", 18))
		fail("--help does not begin with how to use it");
}

static const struct function_row functions[] = { { "--help", help } };

static const struct group fuzz_groups[] = {
	ROWS(usage_rows, run_usage), FUNCTIONS(functions), ROWS(rows, run_row), ROWS(broken_rows, run_broken),
};

SUITE(fuzz);
