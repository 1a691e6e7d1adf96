// SPDX-License-Identifier: GPL-2.0
/*
 * Orphans and process groups come back: which process was adopted by which, and which was in whose process group, even
 * if the leader is dead.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "calls.h"
#include "roundtrip.h"
#include "tasks.h"

/* A child whose parent has ended: adopted by the init of its container, in a session of its own or the parent's. */
static pid_t orphan(bool session)
{
	int fds[2];
	pid_t middle, left = 0;

	MUST(!pipe(fds));
	middle = born_in(0);
	if (!middle) {
		if (session)
			setsid();
		left = born_in(0);
		if (!left) {
			close(fds[0]);
			close(fds[1]);
			be_there();
			_exit(3);
		}
		MUST(write(fds[1], &left, sizeof(left)) == sizeof(left));
		_exit(0);
	}
	MUST(read(fds[0], &left, sizeof(left)) == sizeof(left));
	close(fds[0]);
	close(fds[1]);
	must_end(middle, 0);
	return left;
}

/* Of this session, of one whose leader is dead, and the same twice. */
static void orphans(void)
{
	pid_t a, b, c;

	start_words();
	a = orphan(false);
	b = orphan(true);
	c = orphan(true);
	record_all_of(3);
	must_end(a, 3 << 8);
	must_end(b, 3 << 8);
	must_end(c, 3 << 8);
}

/* A child of a child that ends at once: in the caller's session, and whose it is now decides the kernel. */
static void leave_orphan(int status)
{
	pid_t middle = born_in(0);

	if (!middle) {
		if (!born_in(0)) {
			be_there();
			_exit(status);
		}
		_exit(0);
	}
	must_end(middle, 0);
}

/* The orphan that the root has adopted ends as it is to end. */
static void orphan_must_end(int with)
{
	int status;

	MUST(wait(&status) > 0);
	SAME(status, with);
}

/* init 1 - leader of a session 2 - (dead) - orphan: adopted by the init, in the session of 2, which lives. */
static void orphan_of_session(void)
{
	pid_t leader;

	start_words();
	leader = born_in(0);
	if (!leader) {
		setsid();
		leave_orphan(4);
		be_there();
		_exit(0);
	}
	record_all_of(2);
	must_end(leader, 0);
	orphan_must_end(4 << 8);
}

/* As orphans(), but a subreaper below the init has adopted them. */
static void subreaper(void)
{
	pid_t reaper;

	start_words();
	reaper = born_in(0);
	if (!reaper) {
		pid_t a, b;

		MUST(!prctl(PR_SET_CHILD_SUBREAPER, 1));
		a = orphan(true);
		b = orphan(false);
		be_there();
		must_end(a, 3 << 8);
		must_end(b, 3 << 8);
		_exit(getppid() == 1 ? 0 : 1);
	}
	record_all_of(3);
	must_end(reaper, 0);
}

/* As orphan_of_session(), but then the leader becomes a subreaper: the orphan stays the init's, the next one is its own. */
static void late_subreaper(void)
{
	pid_t leader;

	start_words();
	leader = born_in(0);
	if (!leader) {
		pid_t next;
		int status;

		setsid();
		leave_orphan(4);
		MUST(!prctl(PR_SET_CHILD_SUBREAPER, 1));
		be_there();
		leave_orphan(5);
		next = wait(&status);
		_exit(next > 0 && status == 5 << 8 ? 0 : 1);
	}
	record_all_of(2);
	must_end(leader, 0);
	orphan_must_end(4 << 8);
}

/*
 * Of one session leader's descendants, one was adopted before it became a subreaper, and one after that from a session
 * of its own.  Stand-ins for their parents end at the same time, and the leader is a subreaper then, or is not.
 */
static void reaper_in_between(void)
{
	pid_t leader;

	MUST(!prctl(PR_SET_CHILD_SUBREAPER, 1));
	start_words();
	leader = born_in(0);
	if (!leader) {
		pid_t later;

		setsid();
		leave_orphan(4);
		MUST(!prctl(PR_SET_CHILD_SUBREAPER, 1));
		later = orphan(true);
		be_there();
		must_end(later, 3 << 8);
		_exit(0);
	}
	record_all_of(3);
	must_end(leader, 0);
	orphan_must_end(4 << 8);
}

/* Groups: led by somebody alive, dead, or a zombie; joined from a level below; and a leader born after a member. */
static void groups(void)
{
	pid_t leader, dead, zombie, member[3], outer, late;

	start_words();
	leader = born_in(0);
	if (!leader) {
		setpgid(0, 0);
		be_there();
		_exit(0);
	}
	dead = born_in(0);
	if (!dead)
		pause();
	zombie = born_in(0);
	if (!zombie)
		pause();
	MUST(!setpgid(leader, leader) && !setpgid(dead, dead) && !setpgid(zombie, zombie));
	for (int i = 0; i < 3; i++) {
		member[i] = born_in(i == 2 ? CLONE_NEWPID : 0);
		if (!member[i]) {
			be_there();
			_exit(0);
		}
	}
	MUST(!setpgid(member[0], dead) && !setpgid(member[1], zombie) && !setpgid(member[2], leader));
	kill(dead, SIGKILL);
	must_end(dead, SIGKILL);
	kill(zombie, SIGKILL);
	/* A container whose init leads a group that its child below has left. */
	outer = born_in(CLONE_NEWPID);
	if (!outer) {
		setpgid(0, 0);
		if (!born_in(0)) {
			setpgid(0, 0);
			be_there();
			_exit(0);
		}
		be_there();
		wait(NULL);
		_exit(0);
	}
	late = born_in(0);
	if (!late) {
		setpgid(0, 0);
		be_there();
		_exit(0);
	}
	MUST(!setpgid(late, late) && !setpgid(member[2], late));
	record_all_of(7);
	must_end(leader, 0);
	must_end(zombie, SIGKILL);
}

static const struct subject_row subjects[] = {
	{ "orphans that the init has adopted", orphans, EVERY_WAY },
	{ "an orphan of a session whose leader lives", orphan_of_session, EVERY_WAY },
	{ "orphans that a subreaper has adopted", subreaper, EVERY_WAY },
	{ "an orphan that passed by its session's leader, a subreaper by now", late_subreaper, EVERY_WAY },
	{ "process groups whose leader lives, is dead, is a zombie", groups, EVERY_WAY },
};

static const struct refusal_row refusals[] = {
	{ "orphans adopted before and after their leader became a subreaper", reaper_in_between,
	  "after a restart its parent would be" },
};

static const struct group restored_orphans_groups[] = { SUBJECTS(subjects), REFUSALS(refusals) };
SUITE(restored_orphans);
