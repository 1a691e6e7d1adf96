// SPDX-License-Identifier: GPL-2.0
/*
 * contain NAME - run /app/NAME in a container, and pass messages on to it
 *
 * The program is the init of a new pid namespace, with a /proc and a host name of its own.  Whoever started us knows
 * our pid, and we know the program's, as clone() returned it.  For ever after, we pass each SIGUSR1 on to that number.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "line.h"

#define NAMESPACES (CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUTS)

static void become(const char *name, const sigset_t *mask)
{
	struct line path = { .len = 0 };

	setsid();
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) || mount("proc", "/proc", "proc", 0, NULL) ||
	    sethostname(name, strlen(name)))
		_exit(1);
	sigprocmask(SIG_SETMASK, mask, NULL);
	line_word(&path, "/app/");
	line_word(&path, name);
	path.text[path.len] = 0;
	execl(path.text, path.text, (char *)NULL);
	_exit(127);
}

static void write_log(int fd, unsigned int heard, unsigned int failed, const char *name, pid_t child)
{
	struct line l = { .len = 0 };

	line_word(&l, "sent ");
	line_number(&l, heard);
	line_word(&l, " failed ");
	line_number(&l, failed);
	line_word(&l, " heard ");
	line_number(&l, heard);
	line_word(&l, " knows ");
	line_word(&l, name);
	line_word(&l, "=");
	line_number(&l, child);
	line_write(&l, fd);
}

static int open_log(const char *own_name)
{
	struct line path = { .len = 0 };

	line_word(&path, "log/");
	line_word(&path, own_name);
	path.text[path.len] = 0;
	return open(path.text, O_RDWR | O_CREAT | O_TRUNC, 0644);
}

static int pass_on(const char *name, pid_t child, int log, const sigset_t *wanted)
{
	unsigned int heard = 0, failed = 0;
	int status;

	for (;;) {
		write_log(log, heard, failed, name, child);
		switch (sigwaitinfo(wanted, NULL)) {
		case SIGUSR1:
			heard++;
			failed += kill(child, SIGUSR1) != 0;
			break;
		case SIGCHLD:
			if (waitpid(child, &status, WNOHANG) == child)
				return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		}
	}
}

int main(int argc, char **argv)
{
	struct line own_name = { .len = 0 };
	sigset_t wanted, before;
	pid_t child;
	int log;

	if (argc != 2 || strlen(argv[1]) > 11)
		return 2;
	syscall(SYS_close_range, 3, ~0U, 0);
	line_word(&own_name, "run-");
	line_word(&own_name, argv[1]);
	own_name.text[own_name.len] = 0;
	prctl(PR_SET_NAME, own_name.text);

	sigemptyset(&wanted);
	sigaddset(&wanted, SIGUSR1);
	sigaddset(&wanted, SIGCHLD);
	sigprocmask(SIG_BLOCK, &wanted, &before);
	child = syscall(SYS_clone, NAMESPACES | SIGCHLD, 0, 0, 0, 0);
	if (!child)
		become(argv[1], &before);
	log = open_log(own_name.text);
	if (child < 0 || log < 0)
		return 1;
	return pass_on(argv[1], child, log, &wanted);
}
