// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "calls.h"
#include "lib/wait.h"

static void reap(pid_t pid)
{
	while (waitpid(pid, NULL, __WALL) < 0 && errno == EINTR)
		;
}

long try_registers(unsigned long flags, const void *args, long size, const void *tls, const void *pids)
{
	long ret = clone_with_pids_raw(flags, args, size, tls, pids);

	if (!ret)
		_exit(0);
	if (ret > 0)
		reap(ret);
	return ret;
}

long try_pids(unsigned long flags, unsigned int nr, const pid_t *pids)
{
	struct clone_with_pids_args args = { .nr_pids = nr };

	return try_registers(flags | SIGCHLD, &args, sizeof(args), NULL, pids);
}

pid_t plain_clone(unsigned long flags)
{
	pid_t pid = syscall(SYS_clone, flags | SIGCHLD, NULL, NULL, NULL, NULL);

	if (pid < 0)
		broken("clone");
	return pid;
}

static void make_pipe(int pipefd[2])
{
	if (pipe2(pipefd, O_CLOEXEC) < 0)
		broken("pipe");
}

static __attribute__((noreturn)) void tell_nspid(int fd)
{
	struct nspid n;

	own_nspid(&n);
	if (write(fd, &n, sizeof(n)) != sizeof(n))
		broken("write to the parent");
	_exit(0);
}

long born_by(long (*call)(const void *arg), const void *arg, struct nspid *seen)
{
	int pipefd[2];
	long ret;

	make_pipe(pipefd);
	ret = call(arg);
	if (!ret)
		tell_nspid(pipefd[1]);
	close(pipefd[1]);
	if (ret > 0) {
		if (read(pipefd[0], seen, sizeof(*seen)) != sizeof(*seen))
			fail("the child %ld ended and did not tell its pids", ret);
		wait_ok(ret, "the child");
	}
	close(pipefd[0]);
	return ret;
}

struct list_call {
	unsigned long flags;
	unsigned int nr;
	const pid_t *pids;
};

static long call_with_list(const void *arg)
{
	const struct list_call *c = arg;
	struct clone_with_pids_args args = { .nr_pids = c->nr };

	return clone_with_pids_raw(c->flags | SIGCHLD, &args, sizeof(args), NULL, c->pids);
}

long born(unsigned long flags, unsigned int nr, const pid_t *pids, struct nspid *seen)
{
	struct list_call c = { flags, nr, pids };

	return born_by(call_with_list, &c, seen);
}

static long call_plain(const void *arg)
{
	(void)arg;
	return plain_clone(0);
}

void born_plain(struct nspid *seen)
{
	born_by(call_plain, NULL, seen);
}

static const char *list_text(unsigned int nr, const pid_t *pids)
{
	struct nspid n = { .levels = nr };

	for (unsigned int i = 0; i < nr && i < MAX_LEVELS; i++)
		n.pid[i] = pids[i];
	return nr <= MAX_LEVELS ? nspid_text(&n) : "...";
}

void granted(unsigned long flags, unsigned int nr, const pid_t *pids)
{
	struct nspid self, seen;
	long ret = born(flags, nr, pids, &seen);
	int known;	/* the levels that existed before */

	expect_errno(ret, 0, "clone_with_pids(%#lx, {%s})", flags, list_text(nr, pids));
	known = seen.levels - !!(flags & CLONE_NEWPID);
	for (unsigned int i = 0; i < nr; i++) {
		int level = known - nr + i;

		if (pids[i] && (level < 0 || seen.pid[level] != pids[i]))
			fail("asked for pids {%s}, the child has {%s}", list_text(nr, pids), nspid_text(&seen));
	}
	if (flags & CLONE_NEWPID)
		expect(seen.pid[known], 1, "the child's pid in its new namespace");
	own_nspid(&self);
	expect(ret, seen.pid[self.levels - 1], "the pid that the caller was given");
}

void counters_stay(void (*call)(const void *arg), const void *arg)
{
	struct nspid before, after;
	int level;

	for (int tries = 0; tries < 5; tries++) {
		born_plain(&before);
		call(arg);
		born_plain(&after);
		for (level = before.levels - 1; level >= 0; level--) {
			if (after.pid[level] != before.pid[level] + 1)
				break;
		}
		if (level < 0)
			return;
		if (level > 0)
			break;
	}
	fail("the counter of level %d moved: a child before had pid %d, the next one %d", level,
	     before.pid[level], after.pid[level]);
}

struct refusal {
	int error;
	struct list_call call;
};

static void call_refusal(const void *arg)
{
	const struct refusal *r = arg;
	const struct list_call *c = &r->call;

	expect_errno(try_pids(c->flags, c->nr, c->pids), r->error, "clone_with_pids(%#lx, {%s})", c->flags,
		     list_text(c->nr, c->pids));
}

void refused(int error, unsigned long flags, unsigned int nr, const pid_t *pids)
{
	struct refusal r = { error, { flags, nr, pids } };

	counters_stay(call_refusal, &r);
}

/* A byte is the sign, not the end of the file: other children may have the pipe's other end, too. */
void wait_for_release(const int pipefd[2])
{
	char c;

	_exit(read(pipefd[0], &c, 1) == 1 ? 0 : 1);
}

struct held hold(unsigned long flags, unsigned int nr, const pid_t *pids)
{
	struct clone_with_pids_args args = { .nr_pids = nr };
	int pipefd[2];
	long ret;

	make_pipe(pipefd);
	ret = clone_with_pids_raw(flags | SIGCHLD, &args, sizeof(args), NULL, pids);
	if (!ret)
		wait_for_release(pipefd);
	expect_errno(ret, 0, "clone_with_pids(%#lx, {%s}) for a child that stays", flags, list_text(nr, pids));
	close(pipefd[0]);
	return (struct held){ ret, pipefd[1] };
}

void release(struct held *h)
{
	if (write(h->fd, "", 1) != 1)
		broken("write to the child that is held");
	close(h->fd);
	wait_ok(h->pid, "the child that was held");
}

void wait_ok(pid_t pid, const char *what)
{
	char words[64];
	int status;
	pid_t got;

	do
		got = waitpid(pid, &status, __WALL);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		broken("wait for %d, %s", pid, what);
	if (!status_ok(status))
		fail("%s (%d): %s", what, pid, status_words(status, words, sizeof(words)));
}
