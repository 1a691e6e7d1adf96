/* SPDX-License-Identifier: GPL-2.0 */
/* A person at a terminal: the test has the master, what it tests has the other side. */
#ifndef PERSON_H
#define PERSON_H

#include <sys/types.h>

/* A new terminal, unlocked; its other side.  -1 with errno. */
int person_master(void);
int person_slave(int master, int flags);

/*
 * Read what the terminal says until these words are there; what is behind them is for the next time.  There is one such
 * text in a process.  NULL; or what it says, if they do not come in 20 seconds.
 */
const char *person_reads(int master, const char *words);

/* 0, or -1 with errno. */
int person_types(int master, const char *keys);

/* In a new process: an interactive shell with job control whose prompt is "ready> ", as a login has one.  Does not return. */
int person_shell(int master);

#endif
