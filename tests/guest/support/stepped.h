/* SPDX-License-Identifier: GPL-2.0 */
/* Run a tool and interfere at one of its system calls. */
#ifndef STEPPED_H
#define STEPPED_H

#include <sys/types.h>

#include "tool.h"

enum happening {
	NOTHING,
	KILL,		/* the tool is killed before the call */
	REFUSE,		/* the call is not made, and returns an error */
	INTERRUPT,	/* the tool gets SIGINT */
	REFUSE_WAIT,	/* as REFUSE, for wait4() only; tasks that the tool interrupts later get time to stop first */
};

/*
 * Run a program to its end, and let this happen at its n-th system call, counted from 1; its children are left alone.
 * n 0: nothing happens.  Only calls at which it can happen count.  Returns how many there were until then; *said gets
 * what the program said.
 */
long run_stepped(const char *const *argv, enum happening what, long n, struct said *said);
#define STEPPED(what, n, said, ...) run_stepped((const char *const[]){ __VA_ARGS__, NULL }, what, n, said)

#endif
