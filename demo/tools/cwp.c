// SPDX-License-Identifier: GPL-2.0
/* cwp - run a command through clone_with_pids() */
#include <errno.h>
#include <getopt.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include "clone_with_pids.h"
#include "report.h"

static const char help[] =
	"Usage: cwp [-p PIDS] [-nmui] [--clone3] [COMMAND [ARGUMENT...]]\n"
	"Run a command (default: the shell) in a child created by clone_with_pids(), wait\n"
	"for it, and exit as it did.\n"
	"\n"
	"  -p, --pids=PIDS        its pids, separated by commas, oldest namespace first;\n"
	"                         a 0 leaves one to the kernel, and a shorter list leaves\n"
	"                         the oldest namespaces to it\n"
	"  -n, --new-pid          CLONE_NEWPID: it is pid 1 of a new pid namespace, with\n"
	"                         a /proc of its own (CLONE_NEWNS)\n"
	"  -m, --new-mount        CLONE_NEWNS     -u, --new-uts   CLONE_NEWUTS\n"
	"  -i, --new-ipc          CLONE_NEWIPC\n"
	"  -3, --clone3           the same through mainline's clone3(set_tid)\n"
	"  -h, --help             this text\n"
	"\n"
	"Examples:\n"
	"  cwp -p 4242 sh -c 'echo $$'     a shell with the pid 4242\n"
	"  cwp -n cwp -p 300,7 sleep 99 &  in a container pid 7, on the machine 300\n"
	"\n"
	"Exit status: the command's, or 128 + N if signal N killed it; 125 when the call\n"
	"was refused, 126 or 127 when the command cannot be run, 2 for a wrong command\n"
	"line.\n";

enum { EXIT_REFUSED = 125, EXIT_CANNOT_RUN = 126, EXIT_NOT_FOUND = 127 };

struct request {
	pid_t pids[MAX_LEVELS + 1];
	unsigned int nr_pids;
	unsigned int flags;
	bool clone3;
};

/* What is out of range is for the kernel to say; only what is no number is not asked. */
static void parse_pids(struct request *r, char *list)
{
	if (!*list)
		die_usage("--pids: the list is empty");
	for (char *p; (p = strsep(&list, ","));) {
		if (r->nr_pids == MAX_LEVELS + 1)
			die_usage("--pids: more than the %d that there can be", MAX_LEVELS);
		r->pids[r->nr_pids++] = parse_number("--pids", p, -0x7fffffffL, 0x7fffffffL);
	}
}

static void parse(int argc, char **argv, struct request *r)
{
	static const struct option options[] = {
		{ "pids", required_argument, NULL, 'p' },
		{ "new-pid", no_argument, NULL, 'n' },
		{ "new-mount", no_argument, NULL, 'm' },
		{ "new-uts", no_argument, NULL, 'u' },
		{ "new-ipc", no_argument, NULL, 'i' },
		{ "clone3", no_argument, NULL, '3' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	int c;

	/* The first word that is no option is the command: what follows is its own. */
	while ((c = getopt_long(argc, argv, "+p:nmui3h", options, NULL)) != -1) {
		switch (c) {
		case 'p':
			parse_pids(r, optarg);
			break;
		case 'n':
			r->flags |= CLONE_NEWPID | CLONE_NEWNS;
			break;
		case 'm':
			r->flags |= CLONE_NEWNS;
			break;
		case 'u':
			r->flags |= CLONE_NEWUTS;
			break;
		case 'i':
			r->flags |= CLONE_NEWIPC;
			break;
		case '3':
			r->clone3 = true;
			break;
		case 'h':
			fputs(help, stdout);
			exit(finish(EXIT_OK));
		default:
			die_usage("bad option");
		}
	}
}

static void run(const struct request *r, char **command)
{
	static char *shell[] = { "sh", NULL };

	if (!*command)
		command = shell;
	if ((r->flags & CLONE_NEWPID) &&
	    (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) || mount("proc", "/proc", "proc", 0, NULL))) {
		report(errno, "mount /proc of the new pid namespace");
		_exit(EXIT_CANNOT_RUN);
	}
	execvp(*command, command);
	report(errno, "run `%s'", *command);
	_exit(errno == ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN);
}

static int as_exit_status(int status)
{
	if (WIFSIGNALED(status)) {
		report(0, "the command was killed by signal %d (%s)", WTERMSIG(status),
		       strsignal(WTERMSIG(status)));
		return 128 + WTERMSIG(status);
	}
	return WEXITSTATUS(status);
}

int main(int argc, char **argv)
{
	struct request r = { .nr_pids = 0 };
	const char *call;
	int status;
	pid_t pid;

	report_program(argv[0]);
	parse(argc, argv, &r);
	call = r.clone3 ? "clone3" : "clone_with_pids";
	fflush(stdout);
	pid = (r.clone3 ? clone3_with_pids : clone_with_pids)(r.flags, r.pids, r.nr_pids);
	if (pid < 0) {
		report(errno, "%s with %u pid%s", call, r.nr_pids, r.nr_pids == 1 ? "" : "s");
		return EXIT_REFUSED;
	}
	if (!pid)
		run(&r, argv + optind);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			die("wait for pid %d", pid);
	return as_exit_status(status);
}
