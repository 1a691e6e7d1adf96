/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests read from /proc.  It is mounted for the initial pid namespace. */
#ifndef PROC_H
#define PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/clone_with_pids.h"

#define PID_MAX     "/proc/sys/kernel/pid_max"
#define THREADS_MAX "/proc/sys/kernel/threads-max"
#define MAX_PID_NAMESPACES "/proc/sys/user/max_pid_namespaces"
#define NS_LAST_PID "/proc/sys/kernel/ns_last_pid"	/* of the reader's own namespace */

/* The pids of one task, oldest namespace first: the line NSpid of its status. */
struct nspid {
	int levels;
	pid_t pid[MAX_LEVELS];
};

/* The whole of a small file, with a 0 at the end. */
void read_file(const char *path, char *buf, size_t size);

long read_sysctl(const char *path);
void write_sysctl(const char *path, long value);

/* Of the calling thread, at every level. */
void own_nspid(struct nspid *out);

/* "1 12 3", into a static buffer. */
const char *nspid_text(const struct nspid *n);

/* Does the kernel check itself?  Then all takes some ten times as long. */
bool kernel_is_slow(void);

/* The value of a line of /proc/meminfo, in kB. */
long meminfo(const char *key);

/*
 * Memory that nobody uses, in kB: MemFree, and the pages that each CPU keeps for itself, which MemFree leaves out
 * (mm/vmstat.c; up to an eighth of the memory).
 */
long free_memory(void);

/* A child of the calling thread, as seen from the initial namespace; 0: there is none. */
pid_t first_child(void);

/* The letter of a task's state in /proc/PID/stat: R S D T Z ...; pid as seen from the initial namespace. */
char task_state(pid_t pid);

#endif
