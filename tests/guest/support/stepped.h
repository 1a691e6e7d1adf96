/* SPDX-License-Identifier: GPL-2.0 */
/* A tool that something happens to at one of its system calls. */
#ifndef STEPPED_H
#define STEPPED_H

#include <sys/types.h>

#include "tool.h"

enum happening {
	NOTHING,
	KILL,		/* it is killed, before the call */
	REFUSE,		/* the call is not made, and returns an error */
	INTERRUPT,	/* it gets SIGINT */
	REFUSE_WAIT,	/* of its wait4() alone: as REFUSE, and whom it then tells to stop does so at once */
};

/*
 * Run a program to its end, and let this happen at its n-th system call, from 1; to it alone, not to its children.
 * n 0: nothing happens.  Returns how many it made until then, of those at which it can; what it said is in *said.
 */
long run_stepped(const char *const *argv, enum happening what, long n, struct said *said);
#define STEPPED(what, n, said, ...) run_stepped((const char *const[]){ __VA_ARGS__, NULL }, what, n, said)

#endif
