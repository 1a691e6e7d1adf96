// SPDX-License-Identifier: GPL-2.0
/* Make one injected system call in a held task. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "frame.h"
#include "lib/debug.h"
#include "remote.h"
#include "stop.h"

#define SCRATCH_SIZE 4096UL

static bool is_fault(int sig)
{
	return sig == SIGSEGV || sig == SIGBUS || sig == SIGILL;
}

/* Let the task run until it stops at the beginning or at the end of a system call. */
static int go_on_to_syscall_stop(struct remote *r)
{
	int status;

	for (;;) {
		if (stop_leave(r, PTRACE_SYSCALL, 0) || stop_wait(r, &status))
			return -1;
		if (WSTOPSIG(status) == SYSCALL_STOP)
			return 0;
		/* All signals are blocked but those of faults, and a fault would come again for ever. */
		if (!EVENT(status) && is_fault(WSTOPSIG(status))) {
			errno = EFAULT;
			return -1;
		}
		if (EVENT(status) == PTRACE_EVENT_CLONE) {
			unsigned long born;

			if (ptrace(PTRACE_GETEVENTMSG, r->tid, 0, &born))
				return -1;
			r->born = born;
		}
	}
}

/* From now on, block signals: with these registers, a handler would run on the frame's page. */
static int set_call(struct remote *r, struct user_regs_struct *regs)
{
	/* A task with no stack to speak of has to do without a frame until there is a page for it. */
	if (r->stays && !r->frame_esp)
		frame_lay_on_stack(r);
	if (r->frame_esp)
		regs->esp = r->frame_esp;
	return ptrace(PTRACE_SETREGS, r->tid, 0, regs) || (r->stays && stop_block_signals(r)) ? -1 : 0;
}

/* Let the task run until it has taken the step that is the call; a SIGTRAP of others comes before that. */
static int take_step(struct remote *r, struct user_regs_struct *regs)
{
	int status;

	do {
		if (stop_leave(r, PTRACE_SINGLESTEP, 0) || stop_wait(r, &status))
			return -1;
		if (!EVENT(status) && is_fault(WSTOPSIG(status))) {
			errno = EFAULT;
			return -1;
		}
		if (ptrace(PTRACE_GETREGS, r->tid, 0, regs))
			return -1;
	} while (EVENT(status) || WSTOPSIG(status) != SIGTRAP || (unsigned long)regs->eip == r->int80);
	r->lost = false;
	return 0;
}

/* Follow the call through its two stops, or its one.  A call that we cannot follow to its end is lost. */
static int follow_call(struct remote *r, struct user_regs_struct *regs)
{
	if (r->lost && stop_again(r))
		return -1;
	if (set_call(r, regs))
		return -1;
	r->lost = true;
	if (r->steps)
		return take_step(r, regs);
	if (go_on_to_syscall_stop(r))
		return -1;
	r->in_call = true;
	if (go_on_to_syscall_stop(r))
		return -1;
	r->lost = false;
	return ptrace(PTRACE_GETREGS, r->tid, 0, regs) ? -1 : 0;
}

void remote_begin_steps(struct remote *r)
{
	r->steps = !r->stop_signal;
}

int remote_end_steps(struct remote *r)
{
	if (!r->steps)
		return 0;
	r->steps = r->blocked = false;
	return stop_block_signals(r);
}

long remote_call(struct remote *r, long number, const unsigned long args[6])
{
	struct user_regs_struct regs = r->regs;
	long ret;

	regs.eax = number;
	regs.ebx = args[0];
	regs.ecx = args[1];
	regs.edx = args[2];
	regs.esi = args[3];
	regs.edi = args[4];
	regs.ebp = args[5];
	regs.eip = r->int80;
	regs.orig_eax = -1;	/* nothing to restart */
	ret = follow_call(r, &regs) ? REMOTE_FAILED : regs.eax;
	debug("task %d: system call %ld(%lx, %lx, %lx, %lx, %lx, %lx) = %ld", r->tid, number, args[0], args[1], args[2],
	      args[3], args[4], args[5], ret);
	return ret;
}

unsigned long remote_put(struct remote *r, const void *data, size_t size)
{
	unsigned long address = r->scratch + r->scratch_used;

	if (!r->scratch || size > SCRATCH_SIZE - r->scratch_used) {
		errno = ENOMEM;
		return 0;
	}
	if (remote_write(r, address, data, size))
		return 0;
	r->scratch_used += (size + 7) & ~7UL;
	return address;
}

void remote_drop(struct remote *r)
{
	r->scratch_used = 0;
}

long remote_call_with(struct remote *r, long number, int at, const void *data, size_t size, const unsigned long args[6])
{
	unsigned long filled[6];
	long ret;

	memcpy(filled, args, sizeof(filled));
	filled[at] = remote_put(r, data, size);
	ret = filled[at] ? remote_call(r, number, filled) : REMOTE_FAILED;
	remote_drop(r);
	return ret;
}
