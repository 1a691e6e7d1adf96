// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stddef.h>
#include <asm/unistd.h>
#include <linux/rseq.h>
#include <sys/ptrace.h>

#include "settle.h"

#define SEMOP 1			/* numbers of what ipc() does: include/uapi/linux/ipc.h */
#define SEMTIMEDOP 4

/*
 * Most calls that wait are restarted if the signal that interrupted them was not handled.  These calls return EINTR
 * after any interruption, ours included.  So give them the kernel's restart code for the others: EINTR if there is a
 * signal to handle, else the call is made again.
 */
static void restart_what_never_restarts(struct user_regs_struct *regs)
{
	static const long calls[] = {
		__NR_rt_sigtimedwait, __NR_rt_sigtimedwait_time64, __NR_semtimedop_time64, __NR_epoll_wait,
		__NR_epoll_pwait, __NR_epoll_pwait2,
	};

	if (regs->eax != -EINTR)
		return;
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		if (regs->orig_eax == calls[i])
			regs->eax = -ERESTARTNOHAND;
	if (regs->orig_eax == __NR_ipc && ((regs->ebx & 0xffff) == SEMOP || (regs->ebx & 0xffff) == SEMTIMEDOP))
		regs->eax = -ERESTARTNOHAND;
}

/*
 * A task that is interrupted in a restartable sequence continues at the abort handler (kernel/rseq.c).  The kernel
 * decides that by the task's eip when the task resumes.  If that is the eip of an injected call, the abort would be
 * lost.  So move the task to the abort handler now.
 */
static int abort_sequence(struct remote *r)
{
	struct __ptrace_rseq_configuration rseq = { 0 };
	unsigned long current;
	struct rseq_cs cs;
	uint64_t address;

	/* A kernel without restartable sequences does not know the request. */
	if (ptrace(PTRACE_GET_RSEQ_CONFIGURATION, r->tid, sizeof(rseq), &rseq) < 0 || !rseq.rseq_abi_pointer)
		return 0;
	current = rseq.rseq_abi_pointer + offsetof(struct rseq, rseq_cs);
	if (remote_read(r, current, &address, sizeof(address)))
		return -1;
	/* If it cannot be read, leave the verdict to the kernel. */
	if (!address || remote_read(r, address, &cs, sizeof(cs)) ||
	    (unsigned long)r->regs.eip - cs.start_ip >= cs.post_commit_offset)
		return 0;
	r->regs.eip = cs.abort_ip;
	address = 0;
	return remote_write(r, current, &address, sizeof(address));
}

int settle(struct remote *r)
{
	restart_what_never_restarts(&r->regs);
	return abort_sequence(r);
}
