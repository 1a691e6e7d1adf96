// SPDX-License-Identifier: GPL-2.0
/*
 * guest-fuzz: its command line, start and end.  fuzz.h says what it does.
 *
 * The kernel passes unknown options of its command line to PID 1 as environment, and PID 1 passes them to its programs.
 * So `fuzz_calls=N fuzz_seed=N' there gives the values when the program is started without options.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "fuzz.h"
#include "lib/report.h"
#include "lib/wait.h"

#define CALLS      30000	/* unless said otherwise */
#define CALLS_MIN  WORKERS
#define CALLS_MAX  1000000000
#define SEED_MAX   0x7fffffff

static const struct {
	const char *name;
	enum broken_rule rule;
} rules[] = {
	{ "ebusy", BROKEN_EBUSY },	/* a taken pid is EINVAL */
	{ "order", BROKEN_ORDER },	/* pids is read before the capability is checked */
	{ "count", BROKEN_COUNT },	/* nr_pids is signed */
	{ "counter", BROKEN_COUNTER },	/* a chosen pid moves the counter */
	{ "signal", BROKEN_SIGNAL },	/* the exit signal is SIGCHLD, or none */
};

static void usage(void)
{
	puts("Usage: guest-fuzz [OPTION]...\n"
	     "Call clone_with_pids() with random arguments, and compare every result with a\n"
	     "model of what it promises.\n"
	     "\n"
	     "  --calls=N          make N calls or a few more, in all (30000)\n"
	     "  --seed=N           begin with this seed, and not with a random one\n"
	     "  --break-model=RULE let the model be wrong, which is to be noticed: ebusy, order,\n"
	     "                     count, counter or signal\n"
	     "  --help             show this text\n"
	     "\n"
	     "Needs root in the initial pid namespace, and /proc.  The exit status is 0 only if\n"
	     "all results were as expected, and each kind of result was among them.");
}

struct options {
	long calls, seed;
	enum broken_rule rule;
};

static bool value_of(const char *word, const char *option, const char **value)
{
	size_t length = strlen(option);

	if (strncmp(word, option, length) || word[length] != '=')
		return false;
	*value = word + length + 1;
	return true;
}

static enum broken_rule parse_rule(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
		if (!strcmp(rules[i].name, name))
			return rules[i].rule;
	die_usage("--break-model: `%s' is none of ebusy, order, count, counter, signal", name);
}

static struct options parse(char **argv)
{
	const char *value, *calls = getenv("fuzz_calls"), *seed = getenv("fuzz_seed");
	struct options o = { CALLS, -1, NOT_BROKEN };
	unsigned int random;

	for (; *argv; argv++) {
		if (!strcmp(*argv, "--help")) {
			usage();
			exit(finish(EXIT_OK));
		}
		if (value_of(*argv, "--calls", &value))
			calls = value;
		else if (value_of(*argv, "--seed", &value))
			seed = value;
		else if (value_of(*argv, "--break-model", &value))
			o.rule = parse_rule(value);
		else
			die_usage("no option `%s'", *argv);
	}
	if (calls)
		o.calls = parse_number("--calls", calls, CALLS_MIN, CALLS_MAX);
	if (seed)
		o.seed = parse_number("--seed", seed, 0, SEED_MAX);
	else if (getrandom(&random, sizeof(random), GRND_NONBLOCK) == sizeof(random))
		o.seed = random & SEED_MAX;
	else
		o.seed = (now_ms() * 2654435761u) & SEED_MAX;	/* so early there is no better chance */
	return o;
}

int main(int argc, char **argv)
{
	struct options o;

	(void)argc;
	report_program(argv[0]);
	o = parse(argv + 1);
	set_up(o.seed, o.calls, o.rule);
	printf("guest-fuzz: seed %ld, %ld calls by %d workers\n", o.seed, o.calls, WORKERS);
	fflush(stdout);
	run();
	return finish(report_totals() ? EXIT_OK : EXIT_FAILED);
}
