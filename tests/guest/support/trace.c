// SPDX-License-Identifier: GPL-2.0
/*
 *	tracer            calls trace_call()
 *	`- outer          the way down
 *	   `- ...
 *	      `- caller   tells its pids, waits for the word, makes the call
 *	         `- child traced from its birth, stopped before its first instruction
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <linux/sched.h>

#include "nest.h"
#include "lib/wait.h"
#include "trace.h"

#define OPTIONS (PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_EXITKILL)

struct down {
	const struct traced_call *call;
	int tell, word;
};

static void caller(const void *arg)
{
	const struct down *d = arg;
	const struct traced_call *c = d->call;
	struct nspid self;
	char byte;
	long ret;

	own_nspid(&self);
	if (write(d->tell, &self, sizeof(self)) != sizeof(self) || read(d->word, &byte, 1) != 1)
		broken("meet the tracer");
	signal(SIGUSR1, SIG_IGN);	/* the exit signal in some of the calls */
	ret = clone_with_pids_raw(c->flags, c->args, sizeof(*c->args), c->tls, c->pids);
	if (!ret)
		_exit(0);
	expect_errno(ret, 0, "the traced call");
	while (waitpid(ret, NULL, __WALL) < 0 && errno == EINTR)
		;
}

static void registers_of(pid_t pid, struct user_regs_struct *regs)
{
	if (ptrace(PTRACE_GETREGS, pid, NULL, regs) < 0)
		broken("PTRACE_GETREGS of %d", pid);
}

/*
 * A thread cannot be killed alone: it is sent back over its `int $0x80' (cd 80) as exit(0).  It has the caller's stack,
 * and does not touch it.
 */
static void end_thread(pid_t tid, struct user_regs_struct regs)
{
	int status;

	regs.eip -= 2;
	regs.eax = SYS_exit;
	regs.orig_eax = -1;	/* in no system call that could be restarted */
	regs.ebx = 0;
	errno = 0;
	if ((ptrace(PTRACE_PEEKTEXT, tid, regs.eip, NULL) & 0xffff) != 0x80cd || errno)
		fail("the traced thread was not born in `int $0x80'");
	if (ptrace(PTRACE_SETREGS, tid, NULL, &regs) < 0 || ptrace(PTRACE_CONT, tid, NULL, 0) < 0 ||
	    waitpid(tid, &status, __WALL) != tid || !status_ok(status))
		broken("end the traced thread");
}

static void look(pid_t pid, unsigned long flags, struct trace *out)
{
	int status;

	if (ptrace(PTRACE_GETEVENTMSG, pid, NULL, &out->message) < 0)
		broken("PTRACE_GETEVENTMSG");
	registers_of(pid, &out->caller);
	if (waitpid(out->message, &status, __WALL) != (pid_t)out->message || !WIFSTOPPED(status))
		fail("the traced child %lu did not stop at its birth", out->message);
	registers_of(out->message, &out->child);
	if (flags & CLONE_THREAD)
		end_thread(out->message, out->child);
	else if (kill(out->message, SIGKILL) < 0 || waitpid(out->message, &status, __WALL) != (pid_t)out->message)
		broken("kill the traced child");
}

/* Until the caller has ended: take note of the event, hand on every signal. */
static void follow(pid_t pid, unsigned long flags, struct trace *out)
{
	char words[64];
	int status, sig;

	for (;;) {
		if (waitpid(pid, &status, __WALL) != pid)
			broken("wait for the traced caller");
		if (!WIFSTOPPED(status))
			break;
		sig = WSTOPSIG(status);
		if (status >> 16) {
			sig = 0;
			out->event = status >> 16;
			look(pid, flags, out);
		}
		if (ptrace(PTRACE_CONT, pid, NULL, sig) < 0)
			broken("PTRACE_CONT");
	}
	if (!status_ok(status))
		fail("the traced caller: %s", status_words(status, words, sizeof(words)));
}

void trace_call(const struct traced_call *c, struct trace *out)
{
	int tell[2], word[2];
	struct nspid self, seen;
	pid_t outer, pid;

	memset(out, 0, sizeof(*out));
	if (pipe(tell) < 0 || pipe(word) < 0)
		broken("pipe");
	outer = plain_clone(0);
	if (!outer) {
		struct down d = { c, tell[1], word[0] };

		at_level(c->levels_below, caller, &d);
		_exit(0);
	}
	if (read(tell[0], &seen, sizeof(seen)) != sizeof(seen))
		fail("the process to be traced did not start");
	own_nspid(&self);
	pid = seen.pid[self.levels - 1];
	if (ptrace(PTRACE_SEIZE, pid, NULL, OPTIONS) < 0)
		broken("PTRACE_SEIZE of %d", pid);
	if (write(word[1], "", 1) != 1)
		broken("write to the traced process");
	/* With levels in between the caller is not our child, but a tracer waits for whom it traces. */
	follow(pid, c->flags, out);
	if (pid != outer)
		wait_ok(outer, "the way to the traced caller");
}
