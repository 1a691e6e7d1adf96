// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>

#include "calls.h"
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

/* At the beginning of the call, or at its end. */
static void happen(pid_t pid, enum happening what, bool at_end)
{
	struct user_regs_struct regs;

	if (what == KILL || what == INTERRUPT) {
		if (!at_end)
			kill(pid, what == KILL ? SIGKILL : SIGINT);
		return;
	}
	if (what != REFUSE)
		return;
	if (ptrace(PTRACE_GETREGS, pid, 0, &regs) < 0)
		broken("PTRACE_GETREGS");
	if (at_end)
		regs.eax = -ENOMEM;
	else
		regs.orig_eax = -1;
	if (ptrace(PTRACE_SETREGS, pid, 0, &regs) < 0)
		broken("PTRACE_SETREGS");
}

/* From stop to stop; others of the case's children are reaped meanwhile. */
static int follow(pid_t pid, enum happening what, long n, long *calls)
{
	bool in_call = false;
	int status, sig = 0;

	for (;;) {
		pid_t got;

		/* Not from call to call when it has happened; fails if it has been killed. */
		ptrace(n && *calls >= n && !in_call ? PTRACE_CONT : PTRACE_SYSCALL, pid, 0, sig);
		do
			got = waitpid(-1, &status, __WALL);
		while ((got > 0 && got != pid) || (got < 0 && errno == EINTR));
		if (got != pid)
			broken("wait for a tool");
		if (!WIFSTOPPED(status))
			return status;
		sig = WSTOPSIG(status);
		if (sig != SYSCALL_STOP)
			continue;
		sig = 0;
		*calls += !in_call;
		if (*calls == n)
			happen(pid, what, in_call);
		in_call = !in_call;
	}
}

long run_stepped(const char *const *argv, enum happening what, long n, struct said *said)
{
	int out = scratch_file(), err = scratch_file(), status;
	long calls = 0;

	status = follow(start(argv, out, err), what, n, &calls);
	said->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	read_back(out, said->out, sizeof(said->out));
	read_back(err, said->err, sizeof(said->err));
	return calls;
}
