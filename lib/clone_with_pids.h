/* SPDX-License-Identifier: GPL-2.0 */
/*
 * clone_with_pids() and clone3(set_tid) for user programs.
 *
 * The ABI itself (struct clone_with_pids_args, the system call's number) is the kernel's:
 * <linux/clone_with_pids.h> and <asm/unistd.h> as exported by our patched tree, which documents the call in
 * Documentation/userspace-api/clone_with_pids.rst.
 *
 * Words used throughout:
 *   level      depth of a pid namespace; the machine's initial one is level 0
 *   oldest     of several namespaces, the one with the smallest level: the outermost one
 *   youngest   the one with the greatest level: the innermost one, in which a task's getpid() is its pid
 *   known      a namespace for which a checkpoint recorded a pid; these are the youngest ones
 *   unknown    an older namespace, which the recorded tree did not have: the kernel chooses there
 *
 * None of these functions goes through the C library's fork(): atfork handlers do not run in the child, and
 * musl's cached thread id stays the parent's (raise(), pthread locks).  The child may use system calls and
 * plain library functions, and should end with _exit().
 */
#ifndef CLONE_WITH_PIDS_H
#define CLONE_WITH_PIDS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <linux/clone_with_pids.h>

/* MAX_PID_NS_LEVEL of include/linux/pid_namespace.h; levels are counted from 0. */
#define MAX_LEVEL  32
#define MAX_LEVELS (MAX_LEVEL + 1)

/*
 * Make a system call with these values in ebx, ecx, edx, esi and edi.  Returns what the kernel returned, an error as
 * -errno.  A child that the call creates also returns from this function.
 */
long system_call(long number, unsigned long b, unsigned long c, unsigned long d,
		 unsigned long si, unsigned long di);

/*
 * Make the call with every register as given, without checking or translating anything.  The child, if there is one,
 * also returns from this function, so it must have the caller's stack (or a copy of it).
 * Returns what the kernel returned: the child's pid, 0 in the child, or -errno.
 */
long clone_with_pids_raw(unsigned long flags, const void *args, long args_size,
			 const void *tls, const void *pids);

/*
 * Fork a child with chosen pids: pids[0..nr-1], oldest namespace first, matched from the youngest level outwards; at a
 * level with 0 the kernel chooses.  flags: CLONE_NEW* and the like; SIGCHLD is added.
 * Returns the child's pid, 0 in the child, or -1 with errno.
 */
pid_t clone_with_pids(unsigned int flags, const pid_t *pids, unsigned int nr);

/*
 * Turn pids[0..nr-1] into the equivalent list for clone3()'s set_tid: youngest namespace first, and with CLONE_NEWPID
 * preceded by the 1 of the new namespace.  set_tid cannot express 0: zeros of the oldest levels are dropped; any other
 * stays, and the kernel refuses it.  set_tid has room for MAX_LEVELS + 1.  Returns the number of entries, 0 if no pid
 * is chosen, or -1 with EINVAL if there are more than MAX_LEVELS.
 */
int clone3_list(pid_t *set_tid, unsigned int flags, const pid_t *pids, unsigned int nr);

/* The same as clone_with_pids(), with the same list, by mainline's clone3(set_tid): see clone3_list(). */
pid_t clone3_with_pids(unsigned int flags, const pid_t *pids, unsigned int nr);

/* Plain clone(): the kernel chooses every pid.  The list, which is ignored, makes it fit into tables of methods. */
pid_t clone_without_pids(unsigned int flags, const pid_t *pids, unsigned int nr);

#endif
