// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/reboot.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include "child.h"
#include "lib/report.h"
#include "lib/wait.h"
#include "rescue.h"

#define PROGRAMS_VERDICT_FD 3

static int signals = -1;

void take_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	sigaddset(&set, RESCUE_SIGNAL);
	sigprocmask(SIG_SETMASK, &set, NULL);
	signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	reboot(RB_DISABLE_CAD);		/* Ctrl-Alt-Del: SIGINT to PID 1, not the end at once */
}

/* In the child: lead a session with the terminal, block no signals, keep nothing else open, and run the program. */
static void become_program(const struct run *run, int verdict_pipe, int error_pipe)
{
	sigset_t none;
	int error;

	setsid();
	ioctl(STDIN_FILENO, TIOCSCTTY, 1);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	rescue_unprotect();
	if (verdict_pipe == PROGRAMS_VERDICT_FD)
		fcntl(verdict_pipe, F_SETFD, 0);
	else if (verdict_pipe >= 0)
		dup2(verdict_pipe, PROGRAMS_VERDICT_FD);
	execv(run->program[0], (char **)run->program);
	error = errno;
	if (write(error_pipe, &error, sizeof(error)) != sizeof(error))
		_exit(126);
	_exit(127);
}

/* Start the program.  Returns its pid, or -1 with run->error.  *verdict gets the read end of the pipe. */
static pid_t start(struct run *run, int *verdict)
{
	int verdict_pipe[2] = { -1, -1 }, error_pipe[2];
	pid_t pid;

	/* Far from 3, which is the program's. */
	if (pipe2(error_pipe, O_CLOEXEC) || (run->verdict_fd >= 0 && pipe2(verdict_pipe, O_CLOEXEC)))
		pid = -1;
	else
		pid = fork();
	if (!pid) {
		int error_fd = fcntl(error_pipe[1], F_DUPFD_CLOEXEC, 20);
		int verdict_fd = run->verdict_fd < 0 ? -1 : fcntl(verdict_pipe[1], F_DUPFD_CLOEXEC, 20);

		become_program(run, verdict_fd, error_fd);
	}
	run->error = errno;
	if (pid > 0) {
		close(error_pipe[1]);
		/* Closed by a successful exec: then there is nothing to read. */
		if (read(error_pipe[0], &run->error, sizeof(run->error)) > 0) {
			waitpid(pid, NULL, 0);
			pid = -1;
		}
	}
	close(error_pipe[0]);
	close(verdict_pipe[1]);
	*verdict = verdict_pipe[0];
	return pid;
}

/* Keep the last line that is not empty, as far as there is room.  Lines come in pieces of any length. */
static void keep_last_line(struct run *run, const char *said, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (said[i] == '\n') {
			run->line_ended = true;
			continue;
		}
		if (run->line_ended) {
			run->line_ended = false;
			run->last_line_length = 0;
		}
		if (run->last_line_length < sizeof(run->last_line) - 1)
			run->last_line[run->last_line_length++] = said[i];
		run->last_line[run->last_line_length] = 0;
	}
}

/* Pass on what the program said, and keep its last line. */
static void pass_verdict_on(struct run *run, int *verdict)
{
	char buf[512];
	ssize_t n = read(*verdict, buf, sizeof(buf));

	if (n <= 0) {
		close(*verdict);
		*verdict = -1;
		return;
	}
	if (write(run->verdict_fd, buf, n) != n)
		report(errno, "pass the verdict on");
	keep_last_line(run, buf, n);
}

/*
 * Reap all children that have ended.  Returns true if the program is among them, or the console, whose end ends the
 * run.
 */
static bool reap(struct run *run, pid_t program, enum end *end)
{
	bool over = false;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == program) {
			run->status = status;
			*end = END_EXITED;
			over = true;
		} else if (pid == run->console) {
			*end = END_CONSOLE;
			over = true;
		}
	}
	return over;
}

/* Kill everything that somebody has started, except the program and the console, which tells of it. */
static void end_others(const struct run *run, pid_t program)
{
	rescue_end_others((pid_t[]){ run->console, program }, 2);
	kill(run->console, RESCUE_SIGNAL);
}

static bool take_signal(struct run *run, pid_t program, enum end *end)
{
	struct signalfd_siginfo info;

	if (read(signals, &info, sizeof(info)) != sizeof(info))
		return false;
	switch (info.ssi_signo) {
	case SIGUSR1:
		*end = END_HALT;
		return true;
	case SIGUSR2:
		*end = END_POWEROFF;
		return true;
	case SIGTERM:
	case SIGINT:
		*end = END_REBOOT;
		return true;
	case RESCUE_SIGNAL:
		end_others(run, program);
		return false;
	default:
		return reap(run, program, end);
	}
}

static int ms_left(long deadline)
{
	long left = deadline - now_ms();

	return deadline < 0 ? -1 : left > 0 ? left : 0;
}

enum end run_program(struct run *run)
{
	long deadline = run->limit ? now_ms() + run->limit * 1000L : -1;
	enum end end = END_EXITED;
	bool over = false;
	int verdict;
	pid_t program;

	run->last_line[0] = 0;
	fflush(NULL);
	program = start(run, &verdict);
	if (program < 0)
		return END_NOT_RUN;

	while (!over) {
		struct pollfd files[] = { { signals, POLLIN, 0 }, { verdict, POLLIN, 0 } };
		int n = poll(files, 2, ms_left(deadline));

		if (!n) {
			kill(-program, SIGKILL);
			kill(program, SIGKILL);
			end = END_LIMIT;
			break;
		}
		if (files[1].revents)
			pass_verdict_on(run, &verdict);
		else if (files[0].revents)
			over = take_signal(run, program, &end);
	}
	/* What it said before it ended. */
	if (verdict >= 0) {
		fcntl(verdict, F_SETFL, O_NONBLOCK);
		while (verdict >= 0)
			pass_verdict_on(run, &verdict);
	}
	return end;
}
