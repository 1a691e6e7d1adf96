/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Why clone_with_pids() or clone3(set_tid) refused a list of pids: which pid, at which level, and what is in its way.
 * The kernel returns one errno for the whole list; the rest is found out by asking again, with less in the list.
 */
#ifndef REFUSAL_H
#define REFUSAL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * How many levels of pid namespaces a child of the caller is born into, 1 to MAX_LEVELS; 0 if the kernel does not say,
 * because it lacks clone_with_pids() or the caller lacks CAP_SYS_ADMIN.
 */
unsigned int refusal_levels(void);

/*
 * After EBUSY or EEXIST: the first entry of the list that is taken in its namespace, by clone_with_pids()'s order and
 * alignment.  -1: none any more, or the kernel does not say.  Calls clone_with_pids() once for each entry that is not 0;
 * a child that this creates exits at once and is reaped.
 */
int refusal_taken(const pid_t *pids, unsigned int nr);

/*
 * Who has this pid in the namespace of /proc: "pid 7 (sh)", or the process group or session of a task, if that is all
 * that is left of the one whose number it was.
 */
void refusal_holder(pid_t pid, char *buf, size_t size);

/*
 * Put the reason into buf, without errno's own text: "pid 40000 at level 0 is not below pid_max, 32768".  error is what
 * clone_with_pids(), or clone3() by clone3_with_pids(), returned for pids[0..nr-1].  "" if errno says all there is to say.
 */
void refusal_words(int error, bool clone3, const pid_t *pids, unsigned int nr, char *buf, size_t size);

#endif
