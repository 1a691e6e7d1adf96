// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/report.h"
#include "selection.h"

#define SHARDS_MAX 1000

static void usage(void)
{
	puts("Usage: guest-tests [OPTION]... [SUITE]... [SUITE: CASE]\n"
	     "Check that this kernel keeps what clone_with_pids() promises.\n"
	     "\n"
	     "  --list         list the cases, one a line, and run none.  What stands before the case is the\n"
	     "                 suite's file below tests/guest: ROOM/SUITE, which is a name for it, too\n"
	     "  --suites       list the suites: ROOM/SUITE, then `long' if --short leaves it out, `hidden' if it\n"
	     "                 runs only when it is named, and the path without which it is left out, or `-'\n"
	     "  --any-kernel   with --list: those too that need another kernel than this\n"
	     "  --short        leave out the suites that checkpoint and restart many trees: they are most of\n"
	     "                 the work.  Not with a SUITE\n"
	     "  --shard=K/N    of all these cases each Nth, from the Kth on: N such runs are the whole\n"
	     "  --timeout=N    give each case N seconds, and of a slow suite a multiple\n"
	     "  --quick        take fewer samples in the cases that take samples: the suites `interrupted' and\n"
	     "                 `cycles'\n"
	     "  --thorough     try all of what some cases take samples of: the suite `interrupted' then\n"
	     "                 stops a restart and a checkpoint at every system call, for an hour or more;\n"
	     "                 each case may take ten times as long\n"
	     "  --help         show this text\n"
	     "\n"
	     "A suite that needs something of the kernel, such as /proc/self/fail-nth, is left out where the kernel\n"
	     "does not have it, and --list does not list it then.\n"
	     "\n"
	     "Needs root in the initial pid namespace, and /proc.  Results go to standard output and to file\n"
	     "descriptor 3, if it is open.  The exit status is 0 only if all cases passed.");
}

/* An option without a value; false: it is none. */
static bool take_flag(struct selection *sel, const char *word)
{
	if (!strcmp(word, "--list"))
		sel->list = true;
	else if (!strcmp(word, "--suites"))
		sel->suites = true;
	else if (!strcmp(word, "--any-kernel"))
		sel->any_kernel = true;
	else if (!strcmp(word, "--short"))
		sel->is_short = true;
	else if (!strcmp(word, "--quick"))
		sel->effort = QUICK;
	else if (!strcmp(word, "--thorough"))
		sel->effort = THOROUGH;
	else
		return false;
	return true;
}

static void take_shard(struct selection *sel, char *text)
{
	char *slash = strchr(text, '/');

	if (!slash)
		die_usage("--shard=%s: not K/N", text);
	*slash = '\0';
	sel->shards = parse_number("--shard=K/N, N", slash + 1, 1, SHARDS_MAX);
	sel->shard = parse_number("--shard=K/N, K", text, 1, sel->shards);
}

static void take_option(struct selection *sel, char *word)
{
	if (!strcmp(word, "--help")) {
		usage();
		exit(EXIT_OK);
	}
	if (!strncmp(word, "--timeout=", 10))
		sel->timeout_ms = 1000 * parse_number("--timeout", word + 10, 1, 3600);
	else if (!strncmp(word, "--shard=", 8))
		take_shard(sel, word + 8);
	else if (!take_flag(sel, word))
		die_usage("no option `%s'", word);
}

/* Cuts the text into its parts. */
static void take_name(struct selection *sel, char *text)
{
	struct wanted *w = &sel->wanted[sel->n];
	char *colon = strchr(text, ':'), *slash;

	if (sel->n++ == NAMES_MAX)
		die_usage("more than %d names", NAMES_MAX);
	if (colon) {
		*colon++ = '\0';
		colon += *colon == ' ';
	}
	slash = strchr(text, '/');
	if (slash)
		*slash = '\0';
	*w = (struct wanted){
		.room = slash ? text : NULL,
		.suite = slash ? slash + 1 : text,
		.name = colon && *colon ? colon : NULL,
	};
}

/* After a word that ends in a colon all that follows is the case's name: nobody has to quote it. */
static char *join(int argc, char **argv)
{
	static char text[256];

	for (int i = 0; i < argc; i++) {
		size_t used = strlen(text);

		snprintf(text + used, sizeof(text) - used, "%s%s", used ? " " : "", argv[i]);
	}
	return text;
}

void selection_read(struct selection *sel, int argc, char **argv)
{
	*sel = (struct selection){ .shard = 1, .shards = 1, .timeout_ms = CASE_TIMEOUT_S * 1000 };
	for (int i = 1; i < argc; i++) {
		size_t length = strlen(argv[i]);

		if (argv[i][0] == '-') {
			take_option(sel, argv[i]);
		} else if (length && argv[i][length - 1] == ':') {
			take_name(sel, join(argc - i, argv + i));
			break;
		} else {
			take_name(sel, argv[i]);
		}
	}
	if (sel->is_short && sel->n)
		die_usage("--short with a suite");
}

static bool is_wanted(const struct wanted *w, const struct suite_entry *e)
{
	return !strcmp(w->suite, e->suite->name) && (!w->room || !strcmp(w->room, e->room));
}

bool selects_suite(const struct selection *sel, const struct suite_entry *e)
{
	for (int i = 0; i < sel->n; i++)
		if (is_wanted(&sel->wanted[i], e))
			return true;
	return !sel->n && !e->suite->hidden && !(sel->is_short && e->is_long);
}

bool selects_case(struct selection *sel, const struct suite_entry *e, const char *name)
{
	bool selected = !sel->n;

	for (int i = 0; i < sel->n; i++) {
		struct wanted *w = &sel->wanted[i];

		if (!is_wanted(w, e) || (w->name && strcmp(w->name, name)))
			continue;
		w->found = true;
		selected = true;
	}
	return selected && sel->counted++ % sel->shards == sel->shard - 1;
}

void selection_check(const struct selection *sel)
{
	for (int i = 0; i < sel->n; i++) {
		const struct wanted *w = &sel->wanted[i];

		if (!w->found)
			die_usage("no case `%s%s%s%s%s'; --list lists them all", w->room ? w->room : "", w->room ? "/" : "",
				  w->suite, w->name ? ": " : "", w->name ? w->name : "");
	}
}
