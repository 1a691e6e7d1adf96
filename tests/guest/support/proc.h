/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests read from /proc, which is mounted for the initial pid namespace. */
#ifndef PROC_H
#define PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/clone_with_pids.h"

#define PID_MAX     "/proc/sys/kernel/pid_max"
#define THREADS_MAX "/proc/sys/kernel/threads-max"
#define MAX_PID_NAMESPACES "/proc/sys/user/max_pid_namespaces"
#define NS_LAST_PID "/proc/sys/kernel/ns_last_pid"	/* that of the reader's own pid namespace */

/* The pids of one task, oldest namespace first: the line NSpid of its status. */
struct nspid {
	int levels;
	pid_t pid[MAX_LEVELS];
};

/* Read the whole of a small file as a string. */
void read_file(const char *path, char *buf, size_t size);

long read_sysctl(const char *path);
void write_sysctl(const char *path, long value);

/* The calling thread's pids at every level. */
void own_nspid(struct nspid *out);

/* "1 12 3", in a static buffer; the text of the call before stays, so that a message can have two. */
const char *nspid_text(const struct nspid *n);

/* Is this the kernel that checks itself?  Then everything takes some ten times as long. */
bool kernel_is_slow(void);

/* The value of a line of /proc/meminfo, in kB. */
long meminfo(const char *key);

/*
 * Unused memory in kB: MemFree, plus the pages on the per-CPU lists, which MemFree leaves out (mm/vmstat.c; up to an
 * eighth of the memory).
 */
long free_memory(void);

/* The pid of the calling thread's first child in the initial namespace; 0: it has none. */
pid_t first_child(void);

/* The letter of a task's state in /proc/PID/stat: R S D T Z ...; pid is the one in the initial namespace. */
char task_state(pid_t pid);

#endif
