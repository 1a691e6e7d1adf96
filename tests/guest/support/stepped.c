// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>

#include "calls.h"
#include "lib/wait.h"
#include "stepped.h"

#define SYSCALL_STOP (SIGTRAP | 0x80)

/* Stopped behind its execve(). */
static pid_t start(const char *const *argv, int out, int err)
{
	int status, in = open("/dev/null", O_RDONLY | O_CLOEXEC);
	pid_t pid = plain_clone(0);

	if (!pid) {
		signal(SIGPIPE, SIG_DFL);
		if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0 || ptrace(PTRACE_TRACEME, 0, 0, 0) < 0)
			broken("prepare a tool");
		execvp(argv[0], (char **)argv);
		broken("run %s", argv[0]);
	}
	close(in);
	if (waitpid(pid, &status, __WALL) != pid || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL) < 0)
		broken("trace %s", argv[0]);
	return pid;
}

struct stepping {
	pid_t pid;
	enum happening what;
	long n;
	long calls;		/* that it has begun, of those at which it can happen */
	bool in_call, here;	/* the call that it is in, or was, is such a one */
};

static struct user_regs_struct registers(const struct stepping *s)
{
	struct user_regs_struct regs;

	if (ptrace(PTRACE_GETREGS, s->pid, 0, &regs) < 0)
		broken("PTRACE_GETREGS");
	return regs;
}

/* Of the call that it begins.  The end of a signal handler is a call, too, and none that a kernel refuses. */
static bool can_happen(const struct stepping *s)
{
	long call = registers(s).orig_eax;

	return s->what == REFUSE_WAIT ? call == SYS_wait4 : call != SYS_sigreturn && call != SYS_rt_sigreturn;
}

/* At the beginning of the call, or at its end. */
static void happen(const struct stepping *s)
{
	struct user_regs_struct regs = registers(s);

	if (s->what == KILL || s->what == INTERRUPT) {
		if (!s->in_call)
			kill(s->pid, s->what == KILL ? SIGKILL : SIGINT);
		return;
	}
	if (s->in_call)
		regs.eax = -ENOMEM;
	else
		regs.orig_eax = -1;
	if (ptrace(PTRACE_SETREGS, s->pid, 0, &regs) < 0)
		broken("PTRACE_SETREGS");
}

static bool has_happened(const struct stepping *s)
{
	return s->n && s->calls >= s->n;
}

/* Has it just told a task to stop? */
static bool interrupts(const struct stepping *s)
{
	struct user_regs_struct regs = registers(s);

	return regs.orig_eax == SYS_ptrace && regs.ebx == PTRACE_INTERRUPT;
}

/* It stands at the beginning of a call, or at its end. */
static void at_call(struct stepping *s)
{
	if (!s->in_call) {
		s->here = can_happen(s);
		s->calls += s->here;
	}
	if (s->here && s->calls == s->n)
		happen(s);
	else if (has_happened(s) && s->in_call && interrupts(s))
		sleep_ms(1);
	s->in_call = !s->in_call;
}

/* Not from call to call any more when all has happened; fails if it has been killed. */
static void go_on(const struct stepping *s, int sig)
{
	bool over = has_happened(s) && !s->in_call && s->what != REFUSE_WAIT;

	ptrace(over ? PTRACE_CONT : PTRACE_SYSCALL, s->pid, 0, sig);
}

/* From stop to stop; others of the case's children are reaped meanwhile. */
static int follow(struct stepping *s)
{
	int status, sig = 0;

	for (;;) {
		pid_t got;

		go_on(s, sig);
		do
			got = waitpid(-1, &status, __WALL);
		while ((got > 0 && got != s->pid) || (got < 0 && errno == EINTR));
		if (got != s->pid)
			broken("wait for a tool");
		if (!WIFSTOPPED(status))
			return status;
		sig = WSTOPSIG(status);
		if (sig != SYSCALL_STOP)
			continue;
		sig = 0;
		at_call(s);
	}
}

long run_stepped(const char *const *argv, enum happening what, long n, struct said *said)
{
	int out = scratch_file(), err = scratch_file(), status;
	struct stepping s = { .pid = start(argv, out, err), .what = what, .n = n };

	status = follow(&s);
	said->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	read_back(out, said->out, sizeof(said->out));
	read_back(err, said->err, sizeof(said->err));
	return s.calls;
}
