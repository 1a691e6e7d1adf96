// SPDX-License-Identifier: GPL-2.0
/*
 * When a pid is taken: by a live task, by a zombie until it is reaped, by a process group or a session whose leader is
 * long gone, by a thread.  The call returns EBUSY as long as that lasts, and grants the pid afterwards.
 *
 * Every case runs at levels 0 and 2.
 */
#include <errno.h>
#include <signal.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <linux/sched.h>

#include "nest.h"
#include "thread.h"

#define P 24004

static void is_taken(const char *by)
{
	expect_errno(try_pids(0, LIST(P)), EBUSY, "the pid is taken by %s", by);
	refused(EBUSY, 0, LIST(P));
}

static void is_free(void)
{
	granted(0, LIST(P));
}

static void by_task(void)
{
	struct held h = hold(0, LIST(P));

	is_taken("a live task");
	release(&h);
	is_free();
}

static void by_zombie(void)
{
	siginfo_t info;
	struct held h = hold(0, LIST(P));

	if (kill(h.pid, SIGKILL) < 0 || waitid(P_PID, h.pid, &info, WEXITED | WNOWAIT) < 0)
		broken("kill and wait");
	is_taken("a zombie");
	if (waitpid(h.pid, NULL, 0) != h.pid)
		broken("reap");
	is_free();
}

/*
 * A leader with pid P and one member: the leader makes a group or a session of its own, the member is born into
 * it, the leader ends and is reaped.  The member becomes the caller's child.
 *
 *	caller
 *	`- leader (P)      gone
 *	   `- member       in the group, or the session, P
 */
static struct held lose_leader(void (*lead)(void), void (*join)(void))
{
	struct held member = { 0 };
	int release_pipe[2], tell_pipe[2];
	pid_t pid;
	char c;

	if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0 || pipe(release_pipe) < 0 || pipe(tell_pipe) < 0)
		broken("prepare for the member");
	pid = clone_with_pids(0, &(pid_t){ P }, 1);
	if (pid < 0)
		broken("clone_with_pids");
	if (!pid) {
		lead();
		pid = plain_clone(0);
		if (pid)
			_exit(0);
		join();
		pid = getpid();
		if (write(tell_pipe[1], &pid, sizeof(pid)) != sizeof(pid) || read(release_pipe[0], &c, 1) != 1)
			_exit(1);
		_exit(0);
	}
	wait_ok(pid, "the leader");
	if (read(tell_pipe[0], &member.pid, sizeof(member.pid)) != sizeof(member.pid))
		fail("the member did not start");
	member.fd = release_pipe[1];
	return member;
}

static void lead_group(void)
{
	if (setpgid(0, 0) < 0)
		broken("setpgid");
}

static void lead_session(void)
{
	if (setsid() < 0)
		broken("setsid");
}

static void stay(void)
{
}

static void by_group(void)
{
	struct held member = lose_leader(lead_group, stay);

	expect(getpgid(member.pid), P, "the member's process group");
	is_taken("a process group");
	release(&member);
	is_free();
}

/* The member leaves the leader's group, so that only the session is left. */
static void by_session(void)
{
	struct held member = lose_leader(lead_session, lead_group);

	expect(getsid(member.pid), P, "the member's session");
	expect(getpgid(member.pid), member.pid, "the member's process group");
	is_taken("a session");
	release(&member);
	is_free();
}

static int until_released(void *arg)
{
	char c;

	return read(*(int *)arg, &c, 1) == 1 ? 0 : 1;
}

static void by_thread(void)
{
	static struct thread t;
	int release_pipe[2];

	if (pipe(release_pipe) < 0)
		broken("pipe");
	expect(thread_start(&t, 0, NULL, LIST(P), until_released, &release_pipe[0]), P, "the thread's tid");
	is_taken("a thread");
	if (write(release_pipe[1], "", 1) != 1)
		broken("write to the thread");
	thread_join(&t);
	is_free();
}

static const struct level_row rows[] = {
	{ "by a live task, level 0", 0, by_task },
	{ "by a live task, level 2", 2, by_task },
	{ "by a zombie, level 0", 0, by_zombie },
	{ "by a zombie, level 2", 2, by_zombie },
	{ "by a process group without its leader, level 0", 0, by_group },
	{ "by a process group without its leader, level 2", 2, by_group },
	{ "by a session without its leader, level 0", 0, by_session },
	{ "by a session without its leader, level 2", 2, by_session },
	{ "by a thread, level 0", 0, by_thread },
	{ "by a thread, level 2", 2, by_thread },
};

static const struct group taken_groups[] = { ROWS(rows, run_level_row) };

SUITE(taken);
