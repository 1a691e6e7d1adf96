// SPDX-License-Identifier: GPL-2.0
/*
 * The command lines of all tools: an error is named and gives exit status 2, and nothing is started.  Each tool has a
 * --help, which goes to standard output and fits the screen.
 */
#include <stdio.h>
#include <string.h>

#include "tool.h"

struct row {
	const char *name;
	const char *argv[6];
	const char *named;	/* in the complaint */
};

static const struct row rows[] = {
	{ "feed: no port", { "feed" }, "a serial port" },
	{ "feed: an unknown option", { "feed", "--nonsense" }, "a serial port" },
	{ "feed: two ports", { "feed", "/dev/ttyS0", "/dev/ttyS1" }, "a serial port" },
	{ "typist: an unknown option", { "typist", "--nonsense" }, "nonsense" },
	{ "typist: no FILE", { "typist" }, "a FILE and a COMMAND" },
	{ "typist: no COMMAND", { "typist", "/etc/help" }, "a FILE and a COMMAND" },
	{ "typist: a time that is no number", { "typist", "-t", "x", "/etc/help", "true" }, "--time: `x'" },
	{ "pidtable: an unknown option", { "pidtable", "--nonsense" }, "nonsense" },
	{ "pidtable: an unknown letter", { "pidtable", "-Q" }, "Q" },
	{ "pidtable: an option without its value", { "pidtable", "-c" }, "c" },
	{ "pidtable: an unknown column", { "pidtable", "-c", "ppid,ppod" }, "--columns: `ppid,ppod'" },
	{ "pidtable: a column without a name", { "pidtable", "-c", "ppid," }, "--columns" },
	{ "pidtable: two columns without a comma", { "pidtable", "-c", "ppidpgid" }, "--columns" },
	{ "pidtable: a PID that is no number", { "pidtable", "abc" }, "PID: `abc'" },
	{ "pidtable: a PID with more behind it", { "pidtable", "1x" }, "PID: `1x'" },
	{ "pidtable: an empty PID", { "pidtable", "" }, "PID" },
	{ "pidtable: PID 0", { "pidtable", "0" }, "PID" },
	{ "pidtable: a negative PID", { "pidtable", "--", "-1" }, "PID" },
	{ "pidtable: a PID above all numbers", { "pidtable", "99999999999999999999" }, "PID" },
	{ "pidtable: a PID that would wrap to 1", { "pidtable", "4294967297" }, "PID" },
	{ "pidtable: two PIDs", { "pidtable", "1", "2" }, "`2'" },

	{ "cwp: an unknown option", { "cwp", "--nonsense", "true" }, "nonsense" },
	{ "cwp: an option without its value", { "cwp", "-p" }, "p" },
	{ "cwp: an empty list", { "cwp", "-p", "", "true" }, "--pids" },
	{ "cwp: a pid that is no number", { "cwp", "-p", "12x", "true" }, "--pids: `12x'" },
	{ "cwp: nothing before a comma", { "cwp", "-p", ",21001", "true" }, "--pids" },
	{ "cwp: nothing after a comma", { "cwp", "-p", "21001,", "true" }, "--pids" },
	{ "cwp: nothing between commas", { "cwp", "-p", "1,,1", "true" }, "--pids" },
	{ "cwp: a pid above all numbers", { "cwp", "-p", "99999999999", "true" }, "--pids" },
	{ "cwp: more pids than there are levels", { "cwp", "-p",
	  "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1", "true" }, "--pids" },

	{ "app: an unknown option", { "app", "--nonsense" }, "nonsense" },
	{ "app: an argument", { "app", "twice" }, "`twice'" },

	{ "checkpoint: an unknown option", { "checkpoint", "--nonsense", "1" }, "nonsense" },
	{ "checkpoint: an option without its value", { "checkpoint", "-o" }, "o" },
	{ "checkpoint: --output without its value", { "checkpoint", "--output" }, "output" },
	{ "checkpoint: --show without its value", { "checkpoint", "--show" }, "show" },
	{ "checkpoint: --leave-running with a value", { "checkpoint", "--leave-running=yes", "1" }, "leave-running" },
	{ "checkpoint: an option and no PID", { "checkpoint", "-r" }, "PID" },
	{ "checkpoint: a negative PID", { "checkpoint", "--", "-1" }, "PID" },
	{ "checkpoint: a PID with more behind it", { "checkpoint", "1x" }, "PID: `1x'" },
	{ "checkpoint: a PID that would wrap to 1", { "checkpoint", "4294967297" }, "PID" },
	{ "checkpoint: no PID", { "checkpoint" }, "PID" },
	{ "checkpoint: two PIDs", { "checkpoint", "1", "2" }, "PID" },
	{ "checkpoint: a PID that is no number", { "checkpoint", "abc" }, "PID: `abc'" },
	{ "checkpoint: PID 0", { "checkpoint", "0" }, "PID" },
	{ "checkpoint: a PID with --show", { "checkpoint", "--show", "file", "1" }, "--show" },

	{ "restart: an unknown option", { "restart", "--nonsense" }, "nonsense" },
	{ "restart: an unknown letter", { "restart", "-Q" }, "Q" },
	{ "restart: -i without its value", { "restart", "-i" }, "i" },
	{ "restart: --input without its value", { "restart", "--input" }, "input" },
	{ "restart: --stopped with a value", { "restart", "--stopped=1" }, "stopped" },
	{ "restart: --clone3 with a value", { "restart", "--clone3=1" }, "clone3" },
	{ "restart: -p without a value", { "restart", "-p" }, "p" },
	{ "restart: --pids=ALL", { "restart", "--pids=ALL" }, "--pids: `ALL'" },
	{ "restart: --pids=all,known", { "restart", "--pids=all,known" }, "--pids: `all,known'" },
	{ "restart: an argument", { "restart", "image" }, "`image'" },
	{ "restart: --pids without a value", { "restart", "--pids" }, "pids" },
	{ "restart: --pids=some", { "restart", "--pids=some" }, "--pids: `some'" },
	{ "restart: --pids= and nothing", { "restart", "--pids=" }, "--pids" },
	{ "restart: --clone3 with --pids=none", { "restart", "--clone3", "--pids=none" }, "--clone3" },
};

static void run_row(const void *row)
{
	const struct row *r = row;
	struct tasks before;
	const struct said *s;
	char prefix[32];

	use_tools();
	list_tasks(&before);
	s = complained(run_tool(r->argv), 2, r->named);
	snprintf(prefix, sizeof(prefix), "%s: ", r->argv[0]);
	if (strncmp(s->err, prefix, strlen(prefix)) || !strstr(s->err, "--help"))
		fail("the complaint does not begin with the tool's name, or does not lead to --help: `%s'", s->err);
	same_tasks(&before, "a wrong command line");
	folder_holds(".", "");
}

struct help_row {
	const char *name;
	const char *argv[4];
};

static const struct help_row help_rows[] = {
	{ "pidtable --help", { "pidtable", "--help" } },
	{ "cwp --help", { "cwp", "--help" } },
	{ "feed --help", { "feed", "--help" } },
	{ "typist --help", { "typist", "--help" } },
	{ "app --help", { "app", "--help" } },
	{ "checkpoint --help", { "checkpoint", "--help" } },
	{ "restart --help", { "restart", "--help" } },
	{ "checkpoint -h wins over what follows", { "checkpoint", "-h", "--nonsense" } },
	{ "cwp -h wins over what follows", { "cwp", "-h", "true" } },
	{ "restart -h wins over what follows", { "restart", "-h", "--nonsense" } },
};

static void run_help(const void *row)
{
	const struct help_row *r = row;
	const struct said *s;
	int column = 0, lines = 0;
	char usage[32];

	use_tools();
	s = succeeded(run_tool(r->argv));
	snprintf(usage, sizeof(usage), "Usage: %s ", r->argv[0]);
	if (strncmp(s->out, usage, strlen(usage)))
		fail("the text does not begin with `%s'", usage);
	for (const char *p = s->out; *p; p++) {
		column = *p == '\n' ? 0 : column + 1;
		lines += *p == '\n';
		if (column > 80 || lines > 24 || *p == '\t' || (unsigned char)*p > 126)
			fail("line %d is wider than the screen, below its end, or not plain ASCII", lines + 1);
	}
	folder_holds(".", "");
}

static const struct group usage_groups[] = { ROWS(rows, run_row), ROWS(help_rows, run_help) };

SUITE(usage);
