/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Why clone_with_pids() or clone3(set_tid) refused a list of pids: which pid, at which level, and what is in its way.
 * The kernel returns one errno for the whole list; more calls, with shorter lists, find out the rest.
 */
#ifndef REFUSAL_H
#define REFUSAL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * At how many levels a child of the caller gets a pid, 1 to MAX_LEVELS; 0 if the kernel does not tell, because it lacks
 * clone_with_pids() or the caller lacks CAP_SYS_ADMIN.
 */
unsigned int refusal_levels(void);

/*
 * After EBUSY or EEXIST: the index of the first entry of the list (in clone_with_pids()'s order) that is taken in its
 * namespace.  -1 if none is taken any more or the kernel does not tell.  Calls clone_with_pids() once for each entry
 * that is not 0; a child that this creates exits at once and is reaped.
 */
int refusal_taken(const pid_t *pids, unsigned int nr);

/*
 * Describe who has this pid in the namespace of /proc: "pid 7 (sh)", or the process group or session of a task, if that
 * is all that still uses the number.
 */
void refusal_holder(pid_t pid, char *buf, size_t size);

/*
 * Put the reason into buf, without errno's own text: "pid 40000 at level 0 is not below pid_max, 32768".  error is what
 * clone_with_pids(), or clone3() by clone3_with_pids(), returned for pids[0..nr-1].  "" if errno's text is enough.
 */
void refusal_words(int error, bool clone3, const pid_t *pids, unsigned int nr, char *buf, size_t size);

#endif
