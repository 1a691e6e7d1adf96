/* SPDX-License-Identifier: GPL-2.0 */
/* A person at a terminal: the test has the master of a pseudoterminal, and what it tests has the slave. */
#ifndef PERSON_H
#define PERSON_H

#include <sys/types.h>

/* Open a new, unlocked terminal; open its slave.  Each returns a descriptor, or -1 with errno. */
int person_master(void);
int person_slave(int master, int flags);

/*
 * Read what the terminal shows until these words appear; what follows them is kept for the next call.  A process has
 * one such buffer.  Returns NULL, or what was shown if the words do not come within 20 seconds.
 */
const char *person_reads(int master, const char *words);

/* Type these keys.  Returns 0, or -1 with errno. */
int person_types(int master, const char *keys);

/*
 * In a new process: become an interactive shell with job control, like a login shell, with the prompt "ready> ".
 * Returns only if that fails: -1 with errno.
 */
int person_shell(int master);

#endif
