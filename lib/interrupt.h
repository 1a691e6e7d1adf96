/* SPDX-License-Identifier: GPL-2.0 */
/* Ctrl-C and similar signals, for programs that have to clean up before they stop. */
#ifndef INTERRUPT_H
#define INTERRUPT_H

#include <stdbool.h>

/*
 * For a program's main(): from now on SIGHUP, SIGINT, SIGQUIT and SIGTERM only interrupt system calls that wait, and
 * SIGPIPE does nothing.  A signal that is ignored stays ignored.
 */
void interrupt_begin(void);

/* Has one of them arrived since then?  If so, this is reported once.  False if interrupt_begin() was not called. */
bool interrupted(void);

#endif
