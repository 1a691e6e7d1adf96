// SPDX-License-Identifier: GPL-2.0
/*
 * The kids of a worker: adopt one, keep it, let it join another one's group, end it as expected, and give its numbers
 * back.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <linux/futex.h>

#include "call.h"

#ifndef PIDFD_THREAD
#define PIDFD_THREAD O_EXCL
#endif

static struct parked *parked(int slot)
{
	return &shared->parked[w.index][slot];
}

/* One that is pending, or 0.  musl's functions leave out the signals that it uses itself. */
static int next_signal(siginfo_t *info)
{
	static const uint64_t all = ~0ULL;
	static const long now[2];
	long ret = syscall(SYS_rt_sigtimedwait, &all, info, now, sizeof(all));

	if (ret < 0 && errno != EAGAIN && errno != EINTR)
		stop_errno("rt_sigtimedwait");
	return ret < 0 ? 0 : ret;
}

void drain_signals(void)
{
	siginfo_t info;

	while (next_signal(&info))
		;
}

/*
 * What the kernel chose moves the counters of those levels, also when a call is refused as late as that, or when
 * nobody could see what it was: born is NULL then.
 */
void move_counters(const struct call *c, const struct numbers *born)
{
	int oldest = w.born + 1 - c->args.nr_pids;

	for (int level = w.shared_levels; level <= w.born; level++) {
		pid_t chosen = level < oldest ? 0 : c->pids[level - oldest];
		pid_t n = born ? born->pid[level] : next_number(level);

		if (!chosen)
			w.counter[level] = n < 0 ? -1 : n + 1;
		else if (shared->broken_rule == BROKEN_COUNTER)
			w.counter[level] = chosen + 1;
	}
}

static void wait_for_arrival(struct parked *p)
{
	while (!p->arrived)
		syscall(SYS_futex, &p->arrived, FUTEX_WAIT, 0, NULL, NULL, 0);
}

static void tell_to_leave(const struct call *c, int slot)
{
	parked(slot)->leave = c->status;
	syscall(SYS_futex, &parked(slot)->leave, FUTEX_WAKE, 1, NULL, NULL, 0);
}

/* Its number is free when nobody is found by it any more; nothing else tells the end of a thread. */
static void wait_until_gone(pid_t tid)
{
	while (!syscall(SYS_tgkill, getpid(), tid, 0))
		sched_yield();
}

static void give_back(const struct numbers *n)
{
	for (int level = 0; level < n->levels; level++)
		contend_end(w.index, level, n->pid[level]);
}

static void check_cleared(const struct call *c, const struct kid *k)
{
	if (k->cleared && *k->cleared)
		mismatch(c, "the end of kid %d: CLONE_CHILD_CLEARTID left %#x", k->pid, *k->cleared);
}

static void end_thread(const struct call *c, int slot)
{
	struct kid *k = &w.kids[slot];

	unclaim(w.index, &k->numbers);
	tell_to_leave(c, slot);
	wait_until_gone(k->pid);
	give_back(&k->numbers);
	check_cleared(c, k);
	k->state = NOBODY;
}

/* How it ended, and that its end was announced by its exit signal and no other. */
static void check_death(const struct call *c, const struct kid *k, bool killed, int status)
{
	int sig = k->flags & CSIGNAL, seen;
	siginfo_t info = { 0 };

	if (waitid(P_PID, k->pid, &info, WEXITED | WNOWAIT | __WALL) < 0)
		mismatch(c, "kid %d cannot be waited for: errno %d", k->pid, errno);
	if (info.si_pid != k->pid || info.si_code != (killed ? CLD_KILLED : CLD_EXITED) ||
	    info.si_status != (killed ? SIGKILL : status))
		mismatch(c, "kid %d was to end with %s %d, saw pid %d, code %d, status %d", k->pid,
			 killed ? "signal" : "status", killed ? SIGKILL : status, info.si_pid, info.si_code,
			 info.si_status);
	if (shared->broken_rule == BROKEN_SIGNAL && sig)
		sig = SIGCHLD;
	if (sig > 64)
		sig = 0;
	seen = next_signal(&info);
	if (seen != sig || (seen && info.si_pid != k->pid))
		mismatch(c, "the end of kid %d: expected signal %d, saw %d, from %d", k->pid, sig, seen, info.si_pid);
	if (next_signal(&info))
		mismatch(c, "the end of kid %d: a second signal, %d", k->pid, info.si_signo);
}

/* For a kid that the worker cannot wait for: until it is a zombie. */
static void await_end(pid_t pid)
{
	struct pollfd p = { syscall(SYS_pidfd_open, pid, 0), POLLIN, 0 };

	if (p.fd < 0 || poll(&p, 1, -1) != 1)
		stop_errno("wait for the end of kid %d", pid);
	close(p.fd);
}

/* It ends or has ended: see that it did as it was told to. */
static void see_end(const struct call *c, struct kid *k, bool killed)
{
	if (k->is_sibling)
		await_end(k->pid);
	else
		check_death(c, k, killed, c->status);
	check_cleared(c, k);
	k->state = ZOMBIE;
	if (k->is_init)
		w.birthplace = DEAD_NS;
}

/* All but the init of the namespace in which the worker's children are born; its end is the end of all there. */
static void end_others(const struct call *c, int init)
{
	for (int slot = 0; slot < SLOTS; slot++)
		if (slot != init && w.kids[slot].state != NOBODY)
			end_slot(c, slot);
}

/* A process: it ends, and stays as a zombie. */
static void let_die(const struct call *c, int slot, bool by_signal)
{
	struct kid *k = &w.kids[slot];

	if (k->is_init)
		end_others(c, slot);
	drain_signals();
	if (!by_signal)
		tell_to_leave(c, slot);
	else if (kill(k->pid, SIGKILL) < 0)
		stop_errno("kill kid %d", k->pid);
	see_end(c, k, by_signal);
}

static void reap_sibling(const struct call *c, pid_t pid)
{
	int status;

	if (write(w.ask_keeper, &pid, sizeof(pid)) != sizeof(pid) ||
	    read(w.keeper_says, &status, sizeof(status)) != sizeof(status))
		stop_errno("have the keeper reap kid %d", pid);
	if (WIFSIGNALED(status) ? WTERMSIG(status) != SIGKILL : !WEXITSTATUS(status))
		mismatch(c, "kid %d, with CLONE_PARENT, ended with status %#x", pid, status);
}

/* The numbers of a dead leader stay taken as long as somebody is in its group. */
static void reap(const struct call *c, int slot)
{
	struct kid *k = &w.kids[slot], old = *k;

	if (k->leader >= 0)
		w.kids[k->leader].member = -1;
	if (k->member >= 0) {
		struct kid *m = &w.kids[k->member];

		m->leader = -1;
		m->keeps = true;
		m->kept = k->numbers;
	} else {
		unclaim(w.index, &k->numbers);
	}
	if (k->keeps)
		unclaim(w.index, &k->kept);
	if (k->is_sibling)
		reap_sibling(c, k->pid);
	else if (waitpid(k->pid, NULL, __WALL) != k->pid)
		stop_errno("reap kid %d", k->pid);
	k->state = NOBODY;
	if (old.member < 0)
		give_back(&old.numbers);
	if (old.keeps)
		give_back(&old.kept);
}

void end_slot(const struct call *c, int slot)
{
	struct kid *k = &w.kids[slot];

	if (k->state == NOBODY)
		return;
	if (k->is_thread) {
		end_thread(c, slot);
		return;
	}
	if (k->state == LIVE)
		let_die(c, slot, c->fate == KILLED);
	reap(c, slot);
}

void end_all(const struct call *c)
{
	for (int slot = 0; slot < SLOTS; slot++)
		if (!w.kids[slot].is_init)
			end_slot(c, slot);
	for (int slot = 0; slot < SLOTS; slot++)
		end_slot(c, slot);
}

/* The init of an unshared namespace is ended more seldom than others, so that there is time for others. */
bool slot_is_spared(const struct call *c)
{
	const struct kid *k = &w.kids[c->slot];

	return k->state == LIVE && k->is_init && c->spare_init;
}

static bool can_group(const struct kid *k)
{
	return k->state == LIVE && !k->is_thread && !k->is_sibling && k->member < 0 && k->leader < 0 && !k->keeps;
}

/*
 * The kid becomes the leader of a group, and the one in slot c->join the only other member.  Not a namespace's init:
 * it could not end while the number of a dead leader is taken in that namespace, and the number would be taken
 * until the init has ended (zap_pid_ns_processes() in kernel/pid_namespace.c).
 */
static void make_group(const struct call *c)
{
	struct kid *leader = &w.kids[c->slot], *member;

	if (c->join < 0 || c->join == c->slot)
		return;
	member = &w.kids[c->join];
	if (!can_group(leader) || !can_group(member) || member->is_init)
		return;
	if (setpgid(leader->pid, leader->pid) < 0 || setpgid(member->pid, leader->pid) < 0)
		stop_errno("make a group of kids %d and %d", leader->pid, member->pid);
	leader->member = c->join;
	member->leader = c->slot;
}

/* The place need not be aligned. */
static int stored_pidfd(const struct call *c)
{
	int fd;

	memcpy(&fd, (const void *)(unsigned long)c->args.parent_tid_ptr, sizeof(fd));
	return fd;
}

/* A thread that CLONE_VFORK has waited for: its number may be somebody else's already. */
static void forget(const struct call *c, const struct kid *k)
{
	int oldest = w.born + 1 - c->args.nr_pids;

	wait_until_gone(k->pid);
	for (int level = oldest; level <= w.born; level++)
		contend_end(w.index, level, c->pids[level - oldest]);
	if (parked(c->slot)->tid != (uint32_t)k->pid)
		mismatch(c, "thread %d sees itself as %u", k->pid, parked(c->slot)->tid);
	if (c->flags & CLONE_PIDFD)
		close(stored_pidfd(c));
	move_counters(c, NULL);
	w.kids[c->slot].state = NOBODY;
}

static void read_back(const struct call *c, struct kid *k)
{
	int fd;

	if (c->flags & CLONE_PIDFD)
		fd = stored_pidfd(c);
	else
		fd = syscall(SYS_pidfd_open, k->pid, k->is_thread ? PIDFD_THREAD : 0);
	if (fd != w.lowest_fd)
		mismatch(c, "a pidfd of kid %d: expected %d, saw %d", k->pid, w.lowest_fd, fd);
	numbers_behind(fd, &k->numbers);
	close(fd);
}

void adopt(const struct call *c, pid_t pid)
{
	struct kid *k = &w.kids[c->slot];
	unsigned long word_of_child = (unsigned long)&w.child_word[c->slot];
	uint32_t flags = c->flags;

	*k = (struct kid){ .state = LIVE, .pid = pid, .flags = flags, .member = -1, .leader = -1 };
	k->is_thread = flags & CLONE_THREAD;
	k->is_sibling = (flags & CLONE_PARENT) && !k->is_thread;
	k->is_init = w.birthplace == EMPTY_NS;
	if ((flags & CLONE_CHILD_CLEARTID) && (flags & CLONE_VM) && (uint32_t)c->args.child_tid_ptr == word_of_child)
		k->cleared = &w.child_word[c->slot];
	if (k->is_thread && (flags & CLONE_VFORK)) {
		forget(c, k);
		return;
	}
	read_back(c, k);
	claim(w.index, &k->numbers);
	check_numbers(c, k);
	move_counters(c, &k->numbers);
	if (k->is_init)
		w.birthplace = UNSHARED_NS;
	if (flags & CLONE_VFORK) {
		check_told(c, k);
		see_end(c, k, false);
	} else if (c->fate != KILLED) {
		wait_for_arrival(parked(c->slot));
		check_told(c, k);
	}
	if (c->fate == KEPT)
		make_group(c);
	else if (c->fate != LEFT_AS_ZOMBIE)
		end_slot(c, c->slot);
	else if (k->state == LIVE && !k->is_thread)
		let_die(c, c->slot, false);
}
