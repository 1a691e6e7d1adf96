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
 * Most calls that wait go on when nobody has handled the signal that interrupted them.  These return EINTR after any
 * interruption, ours, too.  The code that the kernel has for the others is right for them as well: EINTR if there is
 * a signal to handle, else the call is made again.
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
 * Who is interrupted in a restartable sequence is sent to its abort handler (kernel/rseq.c).  The kernel does so when
 * the task goes on, by the place where it then is.  When that is the place of a call that we have it make, the sequence
 * would be forgotten.
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
	/* What cannot be read is for the kernel to judge. */
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
