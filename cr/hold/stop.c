// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "lib/wait.h"
#include "stop.h"

#define STOP_BOUND_MS 10000

int stop_leave(struct remote *r, int request, int sig)
{
	if (ptrace(request, r->tid, 0, sig))
		return -1;
	r->running = true;
	return 0;
}

int stop_wait(struct remote *r, int *status)
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
 * Wait for the stop of PTRACE_INTERRUPT, or that of a new task; pass on signals that come first.  The signal of such a
 * stop is SIGTRAP or, if a signal has stopped the thread group, that signal.  Another stop that comes first replaces
 * the requested one (ptrace_stop() in kernel/signal.c), so we request it again.
 */
int stop_wait_event(struct remote *r, int *stop_signal)
{
	int status, sig;

	for (;;) {
		if (stop_wait(r, &status))
			return -1;
		sig = WSTOPSIG(status);
		if (EVENT(status) == PTRACE_EVENT_STOP) {
			*stop_signal = sig == SIGTRAP ? 0 : sig;
			return 0;
		}
		if (EVENT(status) || sig == SYSCALL_STOP)
			sig = 0;
		if (ptrace(PTRACE_INTERRUPT, r->tid, 0, 0) || stop_leave(r, PTRACE_CONT, sig))
			return -1;
	}
}

int stop_block_signals(struct remote *r)
{
	const uint64_t all = ~0ULL;

	if (!r->blocked && ptrace(PTRACE_SETSIGMASK, r->tid, sizeof(all), &all))
		return -1;
	r->blocked = true;
	return 0;
}

/*
 * Go to a stop where a signal would be delivered, since the kernel restarts no call from a stop at the end of a system
 * call.  If we have seen the task stop, resume it, so that it stops again.  If we failed to wait for it, do not: it may
 * already be in the requested stop.
 */
int stop_again(struct remote *r)
{
	if (ptrace(PTRACE_INTERRUPT, r->tid, 0, 0) || (!r->running && stop_leave(r, PTRACE_CONT, 0)) ||
	    stop_wait_event(r, &(int){ 0 }))
		return -1;
	r->in_call = r->lost = false;
	return 0;
}
