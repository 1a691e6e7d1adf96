// SPDX-License-Identifier: GPL-2.0
/* cwp - run a command through clone_with_pids() */
#include <errno.h>
#include <getopt.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include "lib/clone_with_pids.h"
#include "lib/procfs.h"
#include "lib/refusal.h"
#include "lib/report.h"
#include "lib/tree.h"

static const char help[] =
	"Usage: cwp [-p PIDS] [-nmui] [--clone3] [COMMAND [ARGUMENT...]]\n"
	"Run a command (default: the shell) in a child created by clone_with_pids(),\n"
	"wait for it, and exit as it did.\n"
	"\n"
	"  -p, --pids=PIDS        its pids, separated by commas, oldest namespace first;\n"
	"                         0: the kernel chooses at that level; with a shorter\n"
	"                         list it also chooses in the oldest namespaces\n"
	"  -n, --new-pid          CLONE_NEWPID: make it pid 1 of a new pid namespace\n"
	"                         with its own /proc (CLONE_NEWNS)\n"
	"  -m, --new-mount        CLONE_NEWNS     -u, --new-uts   CLONE_NEWUTS\n"
	"  -i, --new-ipc          CLONE_NEWIPC\n"
	"  -3, --clone3           use mainline's clone3(set_tid) instead\n"
	"  -h, --help             print this text\n"
	"\n"
	"Examples:\n"
	"  cwp -p 4242 sh -c 'echo $$'     a shell with the pid 4242\n"
	"  cwp -n cwp -p 300,7 sleep 99 &  pid 7 in a container, 300 on the machine\n"
	"\n"
	"cwp passes signals on.  If the command is a container's init and does not\n"
	"handle the signal, cwp kills it, and the container ends with it.\n"
	"\n"
	"Exit status: the command's, or 128 + N if signal N killed it; 125 if the call\n"
	"is refused; 126, 127 if the command cannot run; 2 for a wrong command line.\n";

enum { EXIT_REFUSED = 125, EXIT_CANNOT_RUN = 126, EXIT_NOT_FOUND = 127 };

struct request {
	pid_t pids[MAX_LEVELS + 1];
	unsigned int nr_pids;
	unsigned int flags;
	bool clone3;
};

/* Parse the list of pids.  Only text that is not a number is refused here; the kernel judges what is out of range. */
static void parse_pids(struct request *r, char *list)
{
	if (!*list)
		die_usage("--pids: the list is empty");
	for (char *p; (p = strsep(&list, ","));) {
		if (r->nr_pids == MAX_LEVELS + 1)
			die_usage("--pids: at most %d pids are possible", MAX_LEVELS);
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

/* The signals that cwp waits for while the command runs.  The command gets the mask that cwp was started with. */
struct signals {
	sigset_t waited, before;
};

/* Signals that cwp was told to ignore, by nohup for instance, stay ignored. */
static void take_signals(struct signals *s)
{
	static const int passed_on[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2 };
	struct sigaction action;

	sigemptyset(&s->waited);
	sigaddset(&s->waited, SIGCHLD);
	signal(SIGCHLD, SIG_DFL);
	for (size_t i = 0; i < sizeof(passed_on) / sizeof(*passed_on); i++)
		if (!sigaction(passed_on[i], NULL, &action) && action.sa_handler != SIG_IGN)
			sigaddset(&s->waited, passed_on[i]);
	sigprocmask(SIG_BLOCK, &s->waited, &s->before);
}

static void run(const struct request *r, char **command, const struct signals *signals)
{
	static char *shell[] = { "sh", NULL };

	sigprocmask(SIG_SETMASK, &signals->before, NULL);

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

/* Would the default action end the task?  It does not for an init: the kernel drops the signal (pid_namespaces(7)). */
static bool is_dropped(pid_t init, int sig)
{
	char *status = tree_proc_is_ours() ? procfs_text(init, "status") : NULL;
	const char *ignored = status ? procfs_value(status, "SigIgn") : NULL;
	const char *caught = status ? procfs_value(status, "SigCgt") : NULL;
	unsigned long long set = 0;
	bool known = ignored && caught;

	if (known)
		set = strtoull(ignored, NULL, 16) | strtoull(caught, NULL, 16);
	free(status);
	return known && !(set >> (sig - 1) & 1);
}

/* Pass a signal on, unless it came from the terminal: that has already sent it to the whole foreground group. */
static void pass_on(const struct request *r, pid_t pid, const siginfo_t *info)
{
	int sig = info->si_signo;

	if (r->flags & CLONE_NEWPID && is_dropped(pid, sig))
		sig = SIGKILL;
	else if (info->si_code == SI_KERNEL)
		return;
	if (kill(pid, sig) && errno != ESRCH)
		report(errno, "pass signal %d on to pid %d", sig, pid);
}

/* Wait without a bound until the command ends.  Returns its wait status. */
static int wait_for(const struct request *r, pid_t pid, const struct signals *signals)
{
	int status = 0;

	for (;;) {
		siginfo_t info;
		pid_t ended = waitpid(pid, &status, WNOHANG);

		if (ended == pid)
			return status;
		if (ended < 0)
			die("wait for pid %d", pid);
		if (sigwaitinfo(&signals->waited, &info) > 0 && info.si_signo != SIGCHLD)
			pass_on(r, pid, &info);
	}
}

static void report_refusal(const struct request *r, int error)
{
	const char *call = r->clone3 ? "clone3" : "clone_with_pids";
	char why[160];

	refusal_words(error, r->clone3, r->pids, r->nr_pids, why, sizeof(why));
	if (*why)
		report(error, "%s: %s", call, why);
	else
		report(error, "%s with %u pid%s", call, r->nr_pids, r->nr_pids == 1 ? "" : "s");
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
	struct signals signals;
	pid_t pid;

	report_program(argv[0]);
	parse(argc, argv, &r);
	fflush(stdout);
	take_signals(&signals);
	pid = (r.clone3 ? clone3_with_pids : clone_with_pids)(r.flags, r.pids, r.nr_pids);
	if (pid < 0) {
		report_refusal(&r, errno);
		return EXIT_REFUSED;
	}
	if (!pid)
		run(&r, argv + optind, &signals);
	return as_exit_status(wait_for(&r, pid, &signals));
}
