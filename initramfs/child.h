/* SPDX-License-Identifier: GPL-2.0 */
/* Run the program that the machine was started for, and tell why the run ended. */
#ifndef CHILD_H
#define CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Why a run ended. */
enum end {
	END_EXITED,		/* the program exited; see status */
	END_NOT_RUN,		/* it could not be started; see error */
	END_LIMIT,		/* it exceeded its time limit and was killed */
	END_CONSOLE,		/* the console's process died */
	END_HALT, END_POWEROFF, END_REBOOT,	/* somebody asked for it */
};

struct run {
	const char *const *program;
	int limit;		/* seconds, 0: none */
	int verdict_fd;		/* where lines from the program's descriptor 3 go; -1: it gets no descriptor 3 */
	pid_t console;		/* the console's process: when it dies, the run ends */

	int status, error;	/* out: see enum end */
	char last_line[256];	/* out: the last line that came through descriptor 3 */
	size_t last_line_length;
	bool line_ended;	/* the next character begins a new line */
};

/*
 * Block the signals that PID 1 works with, and make Ctrl-Alt-Del one of them.
 * Call once, before anything is started.
 */
void take_signals(void);

/*
 * Run the program with the terminal, and reap every orphan meanwhile.  The signals are those of busybox's init: SIGUSR1
 * halts, SIGUSR2 powers off, and SIGTERM reboots, as does SIGINT, which Ctrl-Alt-Del sends.  SIGQUIT, which the
 * consoles' rescue key sends, ends all other programs: see rescue.h.
 */
enum end run_program(struct run *run);

#endif
