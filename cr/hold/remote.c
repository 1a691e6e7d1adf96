// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <asm/unistd.h>
#include <sys/ptrace.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "frame.h"
#include "remote.h"
#include "lib/report.h"
#include "settle.h"

#define STOP_BOUND_MS 10000
#define TICK_S 1
#define PAGE 4096UL

/* How wait4() reports the stops that are waited for: the signal, and the event above it. */
#define SYSCALL_STOP (SIGTRAP | 0x80)
#define EVENT(status) ((status) >> 16)

static void on_tick(int sig)
{
	(void)sig;
}

void remote_begin(void)
{
	const struct itimerval tick = { { TICK_S, 0 }, { TICK_S, 0 } };
	struct sigaction sa = { .sa_handler = on_tick };	/* no SA_RESTART: waits are interrupted */

	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &tick, NULL);
}

/* From one stop to the next, which is waited for by wait_stop(). */
static int run(struct remote *r, int request, int sig)
{
	if (ptrace(request, r->tid, 0, sig))
		return -1;
	r->running = true;
	return 0;
}

/* Wait until the task stops.  0 and the status, or -1 with errno: ESRCH if it ended. */
static int wait_stop(struct remote *r, int *status)
{
	long deadline = now_ms() + STOP_BOUND_MS;

	while (waitpid(r->tid, status, __WALL) != r->tid) {
		if (errno != EINTR)
			return -1;
		if (now_ms() > deadline) {
			errno = ETIMEDOUT;
			return -1;
		}
	}
	r->running = false;
	if (WIFSTOPPED(*status))
		return 0;
	errno = ESRCH;
	return -1;
}

/*
 * Wait for the stop of PTRACE_INTERRUPT, or of a birth; signals that come first are passed on.  The signal of such a
 * stop is SIGTRAP, but for a thread group that is stopped by a signal: then it is that one.  Another stop that comes
 * first has taken the place of the one that was asked for (ptrace_stop() in kernel/signal.c), which is asked for again.
 */
static int wait_event_stop(struct remote *r, int *stop_signal)
{
	int status, sig;

	for (;;) {
		if (wait_stop(r, &status))
			return -1;
		sig = WSTOPSIG(status);
		if (EVENT(status) == PTRACE_EVENT_STOP) {
			*stop_signal = sig == SIGTRAP ? 0 : sig;
			return 0;
		}
		if (EVENT(status) || sig == SYSCALL_STOP)
			sig = 0;
		if (ptrace(PTRACE_INTERRUPT, r->tid, 0, 0) || run(r, PTRACE_CONT, sig))
			return -1;
	}
}

static int block_signals(struct remote *r)
{
	const uint64_t all = ~0ULL;

	if (!r->blocked && ptrace(PTRACE_SETSIGMASK, r->tid, sizeof(all), &all))
		return -1;
	r->blocked = true;
	return 0;
}

/* Keep what is to come back, and block all signals; those of a task that stays only while it has a frame. */
static int take(struct remote *r)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/mem", r->tid);
	r->mem = open(path, O_RDWR | O_CLOEXEC);
	if (r->mem < 0)
		return -1;
	if (ptrace(PTRACE_GETREGS, r->tid, 0, &r->regs) ||
	    ptrace(PTRACE_GETSIGMASK, r->tid, sizeof(r->mask), &r->mask))
		return -1;
	if (settle(r))
		return -1;
	return r->stays ? 0 : block_signals(r);
}

int remote_hold(struct remote *r, pid_t tid, bool exit_kill)
{
	unsigned long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | (exit_kill ? PTRACE_O_EXITKILL : 0);
	int saved;

	*r = (struct remote){ .tid = tid, .mem = -1, .stays = !exit_kill };
	if (ptrace(PTRACE_SEIZE, tid, 0, options))
		return -1;
	if (!ptrace(PTRACE_INTERRUPT, tid, 0, 0) && !wait_event_stop(r, &r->stop_signal) && !take(r))
		return 0;
	saved = errno;
	ptrace(PTRACE_DETACH, tid, 0, 0);
	remote_forget(r);
	errno = saved;
	return -1;
}

int remote_adopt(struct remote *r, pid_t tid)
{
	*r = (struct remote){ .tid = tid, .mem = -1 };
	return wait_event_stop(r, &r->stop_signal) ? -1 : take(r);
}

/* Of all signals, the one that is to stop it is let through, as far as the stop itself. */
int remote_stop(struct remote *r, int sig)
{
	const uint64_t others = ~(1ULL << (sig - 1));

	r->blocked = false;
	if (ptrace(PTRACE_SETSIGMASK, r->tid, sizeof(others), &others) || kill(r->tid, sig) || run(r, PTRACE_CONT, 0) ||
	    wait_event_stop(r, &r->stop_signal) || block_signals(r))
		return -1;
	return r->stop_signal != sig;
}

/* What a frame has overwritten comes back when no register refers to it any more. */
static int put_stack_back(struct remote *r)
{
	struct frame *f = r->on_stack;
	int ret = f ? remote_write(r, f->address, f->bytes, f->size) : 0;

	free(f);
	r->on_stack = NULL;
	return ret;
}

/*
 * Back to a stop for a signal: from the end of a system call nothing is restarted.  A task that was seen to stop is let
 * go on, to stop again.  One that we failed to wait for is not: it may have come to the stop that is asked for here.
 */
static int back_to_event_stop(struct remote *r)
{
	if (ptrace(PTRACE_INTERRUPT, r->tid, 0, 0) || (!r->running && run(r, PTRACE_CONT, 0)) ||
	    wait_event_stop(r, &(int){ 0 }))
		return -1;
	r->in_call = r->lost = false;
	return 0;
}

int remote_rest(struct remote *r)
{
	if ((r->in_call || r->lost) && back_to_event_stop(r))
		return -1;
	r->blocked = false;
	/* In this order: as long as its registers are those of a call, the frame has the mask, too. */
	if (ptrace(PTRACE_SETSIGMASK, r->tid, sizeof(r->mask), &r->mask) || ptrace(PTRACE_SETREGS, r->tid, 0, &r->regs))
		return -1;
	r->frame_esp = 0;
	return put_stack_back(r);
}

int remote_release(struct remote *r)
{
	int ret = remote_rest(r) || ptrace(PTRACE_DETACH, r->tid, 0, 0) ? -1 : 0;

	remote_forget(r);
	return ret;
}

void remote_forget(struct remote *r)
{
	int saved = errno;

	if (r->mem >= 0)
		close(r->mem);
	r->mem = -1;
	free(r->on_stack);
	r->on_stack = NULL;
	errno = saved;
}

/* Until the task stands at the beginning, or at the end, of a system call. */
static int go_on_to_syscall_stop(struct remote *r)
{
	int status;

	for (;;) {
		if (run(r, PTRACE_SYSCALL, 0) || wait_stop(r, &status))
			return -1;
		if (WSTOPSIG(status) == SYSCALL_STOP)
			return 0;
		/* All signals are blocked but those of faults, and a fault would come again for ever. */
		if (!EVENT(status) && (WSTOPSIG(status) == SIGSEGV || WSTOPSIG(status) == SIGBUS ||
				       WSTOPSIG(status) == SIGILL)) {
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

/* Lay the frame into a page of its own. */
static int lay_frame(struct remote *r, unsigned long page)
{
	struct frame f;

	if (frame_make(&f, r, page + PAGE) || remote_write(r, f.address, f.bytes, f.size))
		return -1;
	r->frame_esp = f.esp;
	return 0;
}

/* Lay it where a signal's would be, below the stack: for the calls that map a page for it, and take that away. */
static int lay_frame_on_stack(struct remote *r)
{
	struct frame f, *was = malloc(sizeof(*was));

	if (!was || frame_make(&f, r, r->regs.esp)) {
		free(was);
		return -1;
	}
	*was = f;
	if (remote_read(r, f.address, was->bytes, f.size) || remote_write(r, f.address, f.bytes, f.size)) {
		free(was);
		return -1;
	}
	r->on_stack = was;
	r->frame_esp = f.esp;
	return 0;
}

/* Signals are blocked from when the registers are those of a call: a handler would run on the frame's page. */
static int set_call(struct remote *r, struct user_regs_struct *regs)
{
	/* A task with no stack to speak of has to do without a frame until there is a page for it. */
	if (r->stays && !r->frame_esp)
		lay_frame_on_stack(r);
	if (r->frame_esp)
		regs->esp = r->frame_esp;
	return ptrace(PTRACE_SETREGS, r->tid, 0, regs) || (r->stays && block_signals(r)) ? -1 : 0;
}

/* Once more for each of the two stops of a call; what is not followed to its end is lost. */
static int follow_call(struct remote *r, struct user_regs_struct *regs)
{
	if (r->lost && back_to_event_stop(r))
		return -1;
	if (set_call(r, regs))
		return -1;
	r->lost = true;
	if (go_on_to_syscall_stop(r))
		return -1;
	r->in_call = true;
	if (go_on_to_syscall_stop(r))
		return -1;
	r->lost = false;
	return ptrace(PTRACE_GETREGS, r->tid, 0, regs) ? -1 : 0;
}

long remote_call(struct remote *r, long number, const unsigned long args[6])
{
	struct user_regs_struct regs = r->regs;

	regs.eax = number;
	regs.ebx = args[0];
	regs.ecx = args[1];
	regs.edx = args[2];
	regs.esi = args[3];
	regs.edi = args[4];
	regs.ebp = args[5];
	regs.eip = r->int80;
	regs.orig_eax = -1;	/* nothing to restart */
	return follow_call(r, &regs) ? REMOTE_FAILED : regs.eax;
}

int remote_find_int80(struct remote *r, unsigned long vdso, size_t size)
{
	/*
	 * __kernel_sigreturn: popl %eax; movl $119, %eax; int $0x80, then nothing but nop up to __kernel_rt_sigreturn:
	 * movl $173, %eax; int $0x80 (arch/x86/entry/vdso/vdso32/sigreturn.S)
	 */
	static const unsigned char code[] = { 0x58, 0xb8, 119, 0, 0, 0, 0xcd, 0x80 };
	static const unsigned char then[] = { 0xb8, 173, 0, 0, 0, 0xcd, 0x80 };
	unsigned char page[4 * PAGE];

	if (size > sizeof(page))
		size = sizeof(page);
	if (remote_read(r, vdso, page, size))
		return -1;
	for (size_t i = 0; i + sizeof(code) <= size; i++) {
		size_t behind = i + sizeof(code);

		if (memcmp(page + i, code, sizeof(code)) ||
		    !memmem(page + behind, size - behind < 32 ? size - behind : 32, then, sizeof(then)))
			continue;
		r->int80 = vdso + i + sizeof(code) - 2;
		return 0;
	}
	errno = ENOEXEC;
	return -1;
}

int remote_use_pages(struct remote *r, const struct remote *leader)
{
	r->int80 = leader->int80;
	r->scratch = leader->scratch;
	return lay_frame(r, leader->scratch + (1 + (r == leader ? 0 : r->number)) * PAGE);
}

static size_t pages_size(const struct remote *leader)
{
	return (2 + leader->number) * PAGE;
}

int remote_map_pages(struct remote *leader)
{
	long ret = REMOTE_CALL(leader, __NR_mmap2, 0, pages_size(leader), PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct user_regs_struct regs;

	if (remote_is_error(ret)) {
		errno = ret == REMOTE_FAILED ? errno : -ret;
		return -1;
	}
	leader->scratch = ret;
	/* From its stack the frame moves to its page; the call has ended, and of its registers only that one matters. */
	if (remote_use_pages(leader, leader) || ptrace(PTRACE_GETREGS, leader->tid, 0, &regs))
		return -1;
	regs.esp = leader->frame_esp;
	return ptrace(PTRACE_SETREGS, leader->tid, 0, &regs) || put_stack_back(leader) ? -1 : 0;
}

int remote_unmap_pages(struct remote *leader)
{
	unsigned long scratch = leader->scratch;
	long ret;

	leader->frame_esp = 0;		/* on the stack again, as its page goes */
	leader->scratch = 0;
	ret = REMOTE_CALL(leader, __NR_munmap, scratch, pages_size(leader));
	if (ret && ret != REMOTE_FAILED)
		errno = -ret;
	return ret ? -1 : 0;
}
