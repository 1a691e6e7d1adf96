// SPDX-License-Identifier: GPL-2.0
/*
 * The system calls that create a task with chosen pids.
 */
#include <assert.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <asm/unistd.h>
#include <sys/syscall.h>
#include <linux/sched.h>

#include "clone_with_pids.h"

/* Assert the documented layout on this side of the ABI, too. */
static_assert(sizeof(struct clone_with_pids_args) == CLONE_WITH_PIDS_ARGS_SIZE, "size");
static_assert(offsetof(struct clone_with_pids_args, clone_flags_high) == 0, "clone_flags_high");
static_assert(offsetof(struct clone_with_pids_args, child_stack_base) == 8, "child_stack_base");
static_assert(offsetof(struct clone_with_pids_args, child_stack_size) == 16, "child_stack_size");
static_assert(offsetof(struct clone_with_pids_args, parent_tid_ptr) == 24, "parent_tid_ptr");
static_assert(offsetof(struct clone_with_pids_args, child_tid_ptr) == 32, "child_tid_ptr");
static_assert(offsetof(struct clone_with_pids_args, nr_pids) == 40, "nr_pids");
static_assert(offsetof(struct clone_with_pids_args, reserved0) == 44, "reserved0");
static_assert(offsetof(struct clone_with_pids_args, reserved1) == 48, "reserved1");
static_assert(__NR_clone_with_pids == 537, "number");

long system_call(long number, unsigned long b, unsigned long c, unsigned long d,
		 unsigned long si, unsigned long di)
{
	long ret;

	__asm__ volatile("int $0x80"
			 : "=a"(ret)
			 : "0"(number), "b"(b), "c"(c), "d"(d), "S"(si), "D"(di)
			 : "memory");
	return ret;
}

long clone_with_pids_raw(unsigned long flags, const void *args, long args_size,
			 const void *tls, const void *pids)
{
	return system_call(__NR_clone_with_pids, flags, (unsigned long)args, args_size,
			   (unsigned long)tls, (unsigned long)pids);
}

static pid_t with_errno(long ret)
{
	if (ret < 0) {
		errno = -ret;
		return -1;
	}
	return ret;
}

pid_t clone_with_pids(unsigned int flags, const pid_t *pids, unsigned int nr)
{
	struct clone_with_pids_args args = { .nr_pids = nr };

	return with_errno(clone_with_pids_raw(flags | SIGCHLD, &args, sizeof(args), NULL, pids));
}

int clone3_list(pid_t *set_tid, unsigned int flags, const pid_t *pids, unsigned int nr)
{
	int n = 0;

	if (nr > MAX_LEVELS) {
		errno = EINVAL;
		return -1;
	}
	while (nr && !*pids) {
		pids++;
		nr--;
	}
	if (nr && (flags & CLONE_NEWPID))
		set_tid[n++] = 1;
	while (nr)
		set_tid[n++] = pids[--nr];
	return n;
}

pid_t clone3_with_pids(unsigned int flags, const pid_t *pids, unsigned int nr)
{
	pid_t set_tid[MAX_LEVELS + 1];
	int n = clone3_list(set_tid, flags, pids, nr);
	struct clone_args args = {
		.flags = flags, .exit_signal = SIGCHLD, .set_tid = n > 0 ? (unsigned long)set_tid : 0, .set_tid_size = n,
	};

	return n < 0 ? -1 : syscall(SYS_clone3, &args, sizeof(args));
}

pid_t clone_without_pids(unsigned int flags, const pid_t *pids, unsigned int nr)
{
	(void)pids;
	(void)nr;
	return syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
}
