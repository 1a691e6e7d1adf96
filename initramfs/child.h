/* SPDX-License-Identifier: GPL-2.0 */
/* Running a program as the one that PID 1 is there for, and what ends it. */
#ifndef CHILD_H
#define CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Why a run ended. */
enum end {
	END_EXITED,		/* the program did; see status */
	END_NOT_RUN,		/* it could not be started; see error */
	END_LIMIT,		/* it took longer than it may; it was killed */
	END_CONSOLE,		/* the console's process died */
	END_HALT, END_POWEROFF, END_REBOOT,	/* somebody asked for it */
};

struct run {
	const char *const *program;
	int limit;		/* seconds, 0: none */
	int verdict_fd;		/* where lines from the program's file descriptor 3 go; -1: it gets none */
	pid_t console;		/* whose death is the end of all */

	int status, error;	/* out: see enum end */
	char last_line[256];	/* out: the last that came through file descriptor 3 */
	size_t last_line_length;
	bool line_ended;	/* the next character begins another */
};

/*
 * Block the signals that PID 1 works with, and make Ctrl-Alt-Del one of them.
 * Call once, before anything is started.
 */
void take_signals(void);

/*
 * Run the program with the terminal, and reap every orphan meanwhile.  Asking is
 * done as for busybox's init: SIGUSR1 halts, SIGUSR2 powers off, SIGTERM and,
 * from Ctrl-Alt-Del, SIGINT reboot.  SIGQUIT, from the consoles' rescue key, ends all
 * other programs; see rescue.h.
 */
enum end run_program(struct run *run);

#endif
