/* SPDX-License-Identifier: GPL-2.0 */
/* Being told to stop, by Ctrl-C and its like, where something has to be put in order first. */
#ifndef INTERRUPT_H
#define INTERRUPT_H

#include <stdbool.h>

/*
 * For the main() of a program: from now on SIGHUP, SIGINT, SIGQUIT and SIGTERM only interrupt what waits, and SIGPIPE
 * does nothing.  One that is ignored stays so.
 */
void interrupt_begin(void);

/* Has one come since then?  Then this has been reported, once.  False where interrupt_begin() has not been called. */
bool interrupted(void);

#endif
