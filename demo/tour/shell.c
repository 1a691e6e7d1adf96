// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#include <sys/wait.h>

#include "lib/report.h"
#include "shell.h"

static void become_shell(void)
{
	/* A job of its own in the foreground, so that ^C is for it and its children. */
	setpgid(0, 0);
	tcsetpgrp(STDIN_FILENO, getpid());
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	signal(SIGTSTP, SIG_DFL);
	signal(SIGTTOU, SIG_DFL);
	execl("/bin/sh", "sh", "-l", (char *)NULL);
	report(errno, "run /bin/sh");
	_exit(127);
}

void run_shell(void)
{
	int status;
	pid_t pid;

	printf("\033[H\033[2JA shell.  `help' lists what there is; `exit' returns to the tour.\n\n");
	fflush(stdout);
	pid = fork();
	if (!pid)
		become_shell();
	if (pid < 0) {
		report(errno, "start a shell");
		return;
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	tcsetpgrp(STDIN_FILENO, getpgrp());
}
