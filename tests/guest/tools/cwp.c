// SPDX-License-Identifier: GPL-2.0
/*
 * cwp: the command gets the requested pids, as it sees them itself and as the kernel reports them.  cwp ends as the
 * command did, or with a status of its own that says why there was no command.
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

#include "lib/wait.h"
#include "proc.h"
#include "tool.h"

#define NSPID "exec grep NSpid /proc/self/status"

/* What the command prints. */
struct output_row {
	const char *name;
	const char *argv[10];
	const char *out;
};

static const struct output_row output_rows[] = {
	{ "a pid, as getpid() says", { "cwp", "-p", "21001", "sh", "-c", "echo $$" }, "21001\n" },
	{ "a pid, as the kernel reports it", { "cwp", "-p", "21001", "grep", "NSpid", "/proc/self/status" },
	  "NSpid:\t21001\n" },
	{ "--pids=", { "cwp", "--pids=21001", "sh", "-c", "echo $$" }, "21001\n" },
	{ "-n: pid 1, and a /proc to match", { "cwp", "-n", "sh", "-c", "echo $$; " NSPID }, "1\nNSpid:\t1\n" },
	{ "-n: nobody else in /proc", { "cwp", "-n", "sh", "-c", "echo /proc/[0-9]*" }, "/proc/1\n" },
	{ "-n below a command with a pid", { "cwp", "-p", "21001", "cwp", "-n", "sh", "-c", "echo $$" }, "1\n" },
	{ "two levels", { "cwp", "-n", "cwp", "-p", "21001,7", "sh", "-c", "echo $$" }, "7\n" },
	{ "two levels, the youngest only", { "cwp", "-n", "cwp", "-p", "7", "sh", "-c", "echo $$" }, "7\n" },
	{ "two levels, 0 for the oldest", { "cwp", "-n", "cwp", "-p", "0,7", "sh", "-c", "echo $$" }, "7\n" },
	{ "options of the command are its own", { "cwp", "-p", "21001", "echo", "-p", "-n", "--clone3" },
	  "-p -n --clone3\n" },
	{ "--clone3: a pid", { "cwp", "--clone3", "-p", "21001", "sh", "-c", "echo $$" }, "21001\n" },
	{ "--clone3: as the kernel reports it", { "cwp", "-3", "-p", "21001", "grep", "NSpid", "/proc/self/status" },
	  "NSpid:\t21001\n" },
	{ "--clone3: -n", { "cwp", "-3", "-n", "sh", "-c", "echo $$; " NSPID }, "1\nNSpid:\t1\n" },
	{ "--clone3: two levels", { "cwp", "-n", "cwp", "-3", "-p", "21001,7", "sh", "-c", "echo $$" }, "7\n" },
	{ "--clone3: a leading 0 is left out", { "cwp", "-n", "cwp", "-3", "-p", "0,7", "sh", "-c", "echo $$" },
	  "7\n" },
};

static void run_output(const void *row)
{
	const struct output_row *r = row;
	const struct said *s;

	use_tools();
	s = succeeded(run_tool(r->argv));
	if (strcmp(s->out, r->out))
		fail("expected `%s', saw `%.200s'", r->out, s->out);
}

/* How it ends: exit status, and what it complains of. */
struct end_row {
	const char *name;
	const char *argv[10];
	int status;
	int error;		/* whose text is in the complaint */
	const char *words;	/* more of the complaint */
};

static const struct end_row end_rows[] = {
	{ "exit status 0", { "cwp", "true" }, 0, 0, NULL },
	{ "exit status 7", { "cwp", "sh", "-c", "exit 7" }, 7, 0, NULL },
	{ "exit status 255", { "cwp", "-p", "21001", "sh", "-c", "exit 255" }, 255, 0, NULL },
	{ "killed by SIGTERM", { "cwp", "sh", "-c", "kill -TERM $$" }, 128 + SIGTERM, 0, "signal 15" },
	{ "killed by SIGKILL, --clone3", { "cwp", "-3", "sh", "-c", "kill -KILL $$" }, 128 + SIGKILL, 0, "signal 9" },
	{ "a signal two levels down", { "cwp", "-n", "cwp", "sh", "-c", "kill -SEGV $$" }, 128 + SIGSEGV, 0,
	  "signal 11" },
	{ "a taken pid", { "cwp", "-p", "1", "true" }, 125, EBUSY,
	  "clone_with_pids: pid 1 is taken at level 0 by pid 1 (init)" },
	{ "a taken pid at the oldest level", { "cwp", "-n", "cwp", "-p", "1,7", "true" }, 125, EBUSY,
	  "pid 1 is taken at level 0 by a task that cannot be seen from here" },
	{ "a taken pid at the youngest level", { "cwp", "-n", "cwp", "-p", "0,1", "true" }, 125, EBUSY,
	  "pid 1 is taken at level 1 by pid 1 (cwp)" },
	{ "a pid that a process group has", { "sh", "-c",
	  "p=$(setsid sh -c 'sleep 99 >/dev/null 2>&1 & echo $$'); cwp -p $p true; s=$?; kill -9 -$p; "
	  "while kill -0 -$p; do :; done 2>/dev/null; exit $s" }, 125, EBUSY, "by the process group of pid" },
	{ "--clone3: a taken pid", { "cwp", "-3", "-p", "1", "true" }, 125, EEXIST,
	  "clone3: pid 1 is taken at level 0 by pid 1 (init)" },
	{ "more pids than levels", { "cwp", "-p", "1,21001", "true" }, 125, EINVAL,
	  "2 pids for the 1 level of pid namespaces" },
	{ "34 pids", { "cwp", "-p", "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1", "true" },
	  125, EINVAL, NULL },
	{ "a negative pid", { "cwp", "-p", "-5", "true" }, 125, EINVAL, "pid -5 at level 0 is negative" },
	{ "pid_max", { "cwp", "-p", "32768", "true" }, 125, EINVAL, "pid 32768 at level 0 is not below pid_max, 32768" },
	{ "the greatest number", { "cwp", "-p", "2147483647", "true" }, 125, EINVAL, "pid 2147483647 at level 0" },
	{ "pid_max at the oldest level", { "cwp", "-n", "cwp", "-p", "40000,7", "true" }, 125, EINVAL,
	  "pid 40000 at level 0" },
	{ "not 1 in a namespace without an init", { "unshare", "-p", "cwp", "-p", "7", "true" }, 125, EINVAL,
	  "pid 7 at level 1: the namespace has no init yet" },
	{ "--clone3: 0 behind a pid", { "cwp", "-n", "cwp", "-3", "-p", "21001,0", "true" }, 125, EINVAL,
	  "clone3() cannot leave level 1 to the kernel" },
	{ "no privilege", { "unshare", "-U", "cwp", "-p", "21001", "true" }, 125, EPERM, "CAP_SYS_ADMIN in the initial" },
	{ "--clone3: no privilege", { "unshare", "-U", "cwp", "-3", "-p", "21001", "true" }, 125, EPERM,
	  "CAP_SYS_ADMIN in the owning" },
	{ "no privilege needed without pids", { "unshare", "-U", "cwp", "true" }, 0, 0, NULL },
	{ "no such command", { "cwp", "no-such-command" }, 127, ENOENT, "no-such-command" },
	{ "no such command, -n", { "cwp", "-n", "no-such-command" }, 127, ENOENT, "no-such-command" },
	{ "not a program", { "cwp", "/etc/passwd" }, 126, EACCES, "/etc/passwd" },
	{ "a folder", { "cwp", "/etc" }, 126, EACCES, "/etc" },
};

static void run_end(const void *row)
{
	const struct end_row *r = row;
	struct tasks before;
	const struct said *s;

	use_tools();
	list_tasks(&before);
	s = run_tool(r->argv);
	if (r->words || r->error)
		complained(s, r->status, r->words);
	else
		expect(s->status, r->status, "the exit status");
	if (r->error && !strstr(s->err, strerror(r->error)))
		fail("the complaint does not give the reason `%s': `%.200s'", strerror(r->error), s->err);
	same_tasks(&before, "cwp");
}

/* A command that goes on is looked at from outside. */
struct outside_row {
	const char *name;
	const char *argv[10];
	pid_t at;		/* at level 0 */
	const char *nspid;
};

static const struct outside_row outside_rows[] = {
	{ "level 0", { "cwp", "-p", "21001", "cat" }, 21001, "\nNSpid:\t21001\n" },
	{ "level 0, --clone3", { "cwp", "-3", "-p", "21001", "cat" }, 21001, "\nNSpid:\t21001\n" },
	{ "-n", { "cwp", "-n", "-p", "21001", "cat" }, 21001, "\nNSpid:\t21001\t1\n" },
	{ "-n, --clone3", { "cwp", "-3", "-n", "-p", "21001", "cat" }, 21001, "\nNSpid:\t21001\t1\n" },
	{ "two levels, as /proc has them", { "cwp", "-n", "cwp", "-p", "21001,7", "cat" }, 21001, "\nNSpid:\t21001\t7\n" },
	{ "-n in a container", { "cwp", "-n", "cwp", "-n", "-p", "21001,7", "cat" }, 21001, "\nNSpid:\t21001\t7\t1\n" },
	{ "-n in a container, --clone3", { "cwp", "-n", "cwp", "-3", "-n", "-p", "21001,7", "cat" }, 21001,
	  "\nNSpid:\t21001\t7\t1\n" },
};

static void run_outside(const void *row)
{
	const struct outside_row *r = row;
	char path[40], buf[4096];
	struct running cat;

	use_tools();
	cat = start_tool(r->argv);
	if (write(cat.in, "here\n", 5) != 5)
		broken("write to the command");
	read_line(&cat, buf, sizeof(buf));	/* now it is there for sure */
	if (strcmp(buf, "here"))
		fail("standard input and output are not the command's: `%s'", buf);
	snprintf(path, sizeof(path), "/proc/%d/status", r->at);
	read_file(path, buf, sizeof(buf));
	if (!strstr(buf, r->nspid))
		fail("expected `%s' in %s, saw `%.30s'", r->nspid + 1, path,
		     strstr(buf, "\nNSpid:") ? strstr(buf, "\nNSpid:") + 1 : "");
	expect(finish_tool(&cat), 0, "the exit status");
}

/* Which namespaces are new. */
struct namespace_row {
	const char *name;
	const char *option;	/* NULL: none */
	const char *new;
};

static const struct namespace_row namespace_rows[] = {
	{ "no option: no new namespace", NULL, "" },
	{ "-n: pid and mnt", "-n", "pid mnt" },
	{ "--new-pid: pid and mnt", "--new-pid", "pid mnt" },
	{ "-m: mnt", "-m", "mnt" },
	{ "-u: uts", "-u", "uts" },
	{ "-i: ipc", "-i", "ipc" },
	{ "-mui: mnt, uts and ipc", "-mui", "mnt uts ipc" },
};

static void run_namespace(const void *row)
{
	const struct namespace_row *r = row;
	static const char *const kinds[] = { "pid", "mnt", "uts", "ipc", "user" };

	use_tools();
	for (int twin = 0; twin <= 1; twin++) {
		for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
			char path[24], own[40] = "";
			const char *argv[6] = { "cwp" };
			int n = 1;
			const struct said *s;

			snprintf(path, sizeof(path), "/proc/self/ns/%s", kinds[i]);
			if (twin)
				argv[n++] = "-3";
			if (r->option)
				argv[n++] = r->option;
			argv[n++] = "readlink";
			argv[n] = path;
			s = succeeded(run_tool(argv));
			if (readlink(path, own, sizeof(own) - 1) < 0)
				broken("readlink %s", path);
			expect(strncmp(s->out, own, strlen(own)) != 0, strstr(r->new, kinds[i]) != NULL,
			       "%s a new %s namespace", twin ? "clone3:" : "clone_with_pids:", kinds[i]);
		}
	}
}

/*
 * A signal for cwp: the command gets it, or the container ends with its init.  The command says a line when it is ready;
 * cwp's status tells what became of it, and the tasks whether anything is left.
 */
#define READY "echo ready; while :; do sleep 0.1; done"
#define CATCHES "trap 'exit 3' TERM HUP USR1; " READY

struct signal_row {
	const char *name;
	const char *argv[8];
	int signal, status;
};

static const struct signal_row signal_rows[] = {
	{ "SIGTERM is passed on", { "cwp", "sh", "-c", READY }, SIGTERM, 128 + SIGTERM },
	{ "SIGTERM that is caught", { "cwp", "sh", "-c", CATCHES }, SIGTERM, 3 },
	{ "SIGHUP that is caught", { "cwp", "sh", "-c", CATCHES }, SIGHUP, 3 },
	{ "SIGUSR1 that is caught", { "cwp", "sh", "-c", CATCHES }, SIGUSR1, 3 },
	{ "SIGINT", { "cwp", "sh", "-c", READY }, SIGINT, 128 + SIGINT },
	{ "SIGTERM for a container", { "cwp", "-n", "sh", "-c", READY }, SIGTERM, 128 + SIGKILL },
	{ "SIGHUP for a container", { "cwp", "-n", "sh", "-c", READY }, SIGHUP, 128 + SIGKILL },
	{ "SIGTERM that a container's init catches", { "cwp", "-n", "sh", "-c", CATCHES }, SIGTERM, 3 },
	{ "SIGTERM for containers in each other", { "cwp", "-n", "cwp", "-n", "sh", "-c", READY }, SIGTERM,
	  128 + SIGKILL },
};

/* Outside of a container, the `sleep 0.1' that the shell has left behind ends by itself; it may have become our child. */
static void await_sleep(const struct tasks *before)
{
	struct tasks now;

	for (int i = 0; i < 100; i++) {
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		list_tasks(&now);
		if (now.n == before->n)
			return;
		sleep_ms(20);
	}
}

static void run_signal(const void *row)
{
	const struct signal_row *r = row;
	struct tasks before;
	struct running cwp;
	char line[80];

	use_tools();
	list_tasks(&before);
	cwp = start_tool(r->argv);
	read_line(&cwp, line, sizeof(line));
	if (strcmp(line, "ready"))
		fail("the command says `%s'", line);
	if (kill(cwp.pid, r->signal))
		broken("kill");
	expect(finish_tool(&cwp), r->status, "the exit status");
	if (strcmp(r->argv[1], "-n"))
		await_sleep(&before);
	same_tasks(&before, "the signal");
}

/* What cwp was told to ignore, it does not pass on: the command ignores it, too. */
static void ignored_signal(void)
{
	struct running cwp;
	char line[80];

	use_tools();
	cwp = START("sh", "-c", "trap '' HUP; exec cwp cat");
	if (write(cwp.in, "one\n", 4) != 4)
		broken("write to the command");
	read_line(&cwp, line, sizeof(line));
	if (kill(cwp.pid, SIGHUP))
		broken("kill");
	expect(finish_tool(&cwp), 0, "the exit status");
}

static const struct function_row functions[] = {
	{ "an ignored signal is not passed on", ignored_signal },
};

static const struct group cwp_groups[] = {
	ROWS(output_rows, run_output),
	ROWS(outside_rows, run_outside),
	ROWS(end_rows, run_end),
	ROWS(namespace_rows, run_namespace),
	ROWS(signal_rows, run_signal),
	FUNCTIONS(functions),
};

SUITE(cwp);
