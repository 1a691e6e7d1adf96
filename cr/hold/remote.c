// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/ptrace.h>
#include <sys/time.h>

#include "frame.h"
#include "remote.h"
#include "settle.h"
#include "stop.h"

#define TICK_S 1

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

/* Save what is to be restored, and block all signals; for a task that must survive us, only while it has a frame. */
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
	return r->stays ? 0 : stop_block_signals(r);
}

int remote_hold(struct remote *r, pid_t tid, bool exit_kill)
{
	unsigned long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | (exit_kill ? PTRACE_O_EXITKILL : 0);
	int saved;

	*r = (struct remote){ .tid = tid, .mem = -1, .stays = !exit_kill };
	if (ptrace(PTRACE_SEIZE, tid, 0, options))
		return -1;
	if (!ptrace(PTRACE_INTERRUPT, tid, 0, 0) && !stop_wait_event(r, &r->stop_signal) && !take(r))
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
	return stop_wait_event(r, &r->stop_signal) ? -1 : take(r);
}

/* Unblock only the signal that is to stop it, until it has stopped. */
int remote_stop(struct remote *r, int sig)
{
	const uint64_t others = ~(1ULL << (sig - 1));

	r->blocked = false;
	if (ptrace(PTRACE_SETSIGMASK, r->tid, sizeof(others), &others) || kill(r->tid, sig) || stop_leave(r, PTRACE_CONT, 0) ||
	    stop_wait_event(r, &r->stop_signal) || stop_block_signals(r))
		return -1;
	return r->stop_signal != sig;
}

int remote_rest(struct remote *r)
{
	if ((r->in_call || r->lost) && stop_again(r))
		return -1;
	r->blocked = false;
	/* In this order: as long as its registers are those of a call, the frame has the mask, too. */
	if (ptrace(PTRACE_SETSIGMASK, r->tid, sizeof(r->mask), &r->mask) || ptrace(PTRACE_SETREGS, r->tid, 0, &r->regs))
		return -1;
	r->frame_esp = 0;
	return frame_take_off_stack(r);
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
