// SPDX-License-Identifier: GPL-2.0
/* Then and now: the same tree through clone3(set_tid), and where the two calls differ. */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "caps.h"
#include "lib/clone_with_pids.h"
#include "lesson.h"
#include "lib/wait.h"

/* The result of a call: an error, or the pids of the child at two levels. */
struct answer {
	int error;
	pid_t pid[2];
};

/*
 * One difference: the same request, made to each call in that call's own terms.  Each runs in a container of its own,
 * one level below the machine, so that there are two pids to choose.
 */
struct difference {
	const char *what;
	int cap;			/* the only capability that is kept; -1: all */
	unsigned int flags;
	int nr;
	pid_t then[2], now[2];		/* clone_with_pids()'s list, clone3()'s list */
};

static const struct difference differences[] = {
	{ "the list {7000, 9000}",         -1, 0, 2, { 7000, 9000 }, { 7000, 9000 } },
	{ "a 0 in the list: {0, 7}",       -1, 0, 2, { 0, 7 },    { 7, 0 } },
	{ "a pid that is taken: {1}",      -1, 0, 1, { 1 },       { 1 } },
	{ "only CAP_CHECKPOINT_RESTORE",   CAP_CHECKPOINT_RESTORE, 0, 1, { 7 }, { 7 } },
	{ "only CAP_SYS_ADMIN",            CAP_SYS_ADMIN, 0, 1, { 7 }, { 7 } },
	{ "CLONE_NEWPID, list {7}",        -1, CLONE_NEWPID, 1, { 7 }, { 7 } },
	{ "CLONE_NEWPID, list {1, 7}",     -1, CLONE_NEWPID, 2, { 1, 7 }, { 1, 7 } },
};
#define N_DIFFERENCES ((int)(sizeof(differences) / sizeof(*differences)))

/* The results that the chapter claims: errno, or the pids (0 at L0: any). */
static const struct {
	struct answer then, now;
} expected[N_DIFFERENCES] = {
	{ { 0, { 7000, 9000 } }, { 0, { 9000, 7000 } } },
	{ { 0, { 0, 7 } },      { .error = EINVAL } },
	{ { .error = EBUSY },   { .error = EEXIST } },
	{ { .error = EPERM },   { 0, { 0, 7 } } },
	{ { 0, { 0, 7 } },      { 0, { 0, 7 } } },
	{ { 0, { 0, 7 } },      { .error = EINVAL } },
	{ { .error = EBUSY },   { 0, { 0, 7 } } },
};

static pid_t raw_clone3(unsigned int flags, const pid_t *set_tid, int nr)
{
	struct clone_args args = {
		.flags = flags,
		.exit_signal = SIGCHLD,
		.set_tid = (unsigned long)set_tid,
		.set_tid_size = nr,
	};

	return syscall(SYS_clone3, &args, sizeof(args));
}

/* The child's pid at level 0: the /proc that is mounted is the machine's. */
static pid_t self_on_machine(void)
{
	char self[16] = "";

	return readlink("/proc/self", self, sizeof(self) - 1) > 0 ? atoi(self) : -1;
}

static struct answer try_call(const struct difference *d, bool now)
{
	struct answer a = { 0 };
	int fds[2];
	pid_t pid;

	if (pipe(fds) || (d->cap >= 0 && caps_keep_only(d->cap)))
		return (struct answer){ .error = errno };
	pid = now ? raw_clone3(d->flags, d->now, d->nr) : clone_with_pids(d->flags, d->then, d->nr);
	if (!pid) {
		pid_t self = self_on_machine();

		_exit(write(fds[1], &self, sizeof(self)) != sizeof(self));
	}
	if (pid < 0)
		return (struct answer){ .error = errno };
	close(fds[1]);
	a.pid[1] = pid;
	if (read(fds[0], &a.pid[0], sizeof(a.pid[0])) != sizeof(a.pid[0]))
		a.error = EIO;
	waitpid(pid, NULL, 0);
	return a;
}

/* Each try has a container of its own, whose init makes the call and passes the answer on. */
static struct answer try_in_container(const struct difference *d, bool now)
{
	struct answer a = { .error = EIO };
	int fds[2], status;
	pid_t init;

	if (pipe(fds))
		return (struct answer){ .error = errno };
	fflush(NULL);
	init = clone_without_pids(CLONE_NEWPID, NULL, 0);
	if (!init) {
		a = try_call(d, now);
		_exit(write(fds[1], &a, sizeof(a)) != sizeof(a));
	}
	close(fds[1]);
	if (init > 0 && wait_bounded(init, &status, 0, 10000))
		kill(init, SIGKILL);
	if (init < 0 || read(fds[0], &a, sizeof(a)) != sizeof(a))
		a.error = EIO;
	close(fds[0]);
	return a;
}

static bool as_expected(const struct answer *got, const struct answer *want)
{
	if (got->error != want->error)
		return false;
	return want->error || ((!want->pid[0] || got->pid[0] == want->pid[0]) && got->pid[1] == want->pid[1]);
}

static const char *answer_words(const struct answer *a, char *buf, size_t size)
{
	if (a->error)
		snprintf(buf, size, "%s", errno_name(a->error));
	else
		snprintf(buf, size, "L0 %d, L1 %d", a->pid[0], a->pid[1]);
	return buf;
}

static enum nav_kind show_tree(const struct lesson *lesson, const struct tree *now)
{
	struct comparison c = tree_compare(&lesson->before, 0, now);
	struct sums sum;

	ui_text("\n");
	if (lesson_print_logs(&lesson->before, lesson->logs, now, &sum) || lesson_check_well(&sum))
		return NAV_FAILED;
	if (!comparison_equal(&c))
		return ui_failed("clone3: %d of %d pids, %d of %d relations are equal", c.pids_equal, c.pids,
				 c.relations_equal, c.relations);
	ui_print(COLOUR_GOOD, "%d of %d pids equal, %d of %d relations; no message failed.\n",
		 c.pids_equal, c.pids, c.relations_equal, c.relations);
	ui_text("The system call that Linux has today restores the nested tree, too.  All it\n"
		"needs is an image that records a pid for every level.\n");
	return ui_pause();
}

static enum nav_kind show_differences(void)
{
	int wrong = 0;

	ui_screen(8, "Then and now: the differences");
	ui_text("The init of a new container, at level 1, makes each call; the answer shows the\n"
		"child's pids on the machine (L0) and in the container (L1).\n\n");
	ui_text("%-29s%-20s%-20s\n", "", "clone_with_pids()", "clone3(set_tid)");
	for (int i = 0; i < N_DIFFERENCES; i++) {
		struct answer then = try_in_container(&differences[i], false);
		struct answer now = try_in_container(&differences[i], true);
		bool right = as_expected(&then, &expected[i].then) && as_expected(&now, &expected[i].now);
		char buf[2][32];

		ui_text("%-29s%-20s%-20s%s\n", differences[i].what,
			answer_words(&then, buf[0], sizeof(buf[0])),
			answer_words(&now, buf[1], sizeof(buf[1])), right ? "" : "WRONG");
		wrong += !right;
	}
	if (wrong) {
		ui_show();
		return ui_failed("%d of %d differences were not as documented", wrong, N_DIFFERENCES);
	}
	ui_text("\n"
		"order       oldest namespace first; clone3: youngest first\n"
		"0           the kernel chooses at that level; clone3: an error (given {7, 0})\n"
		"taken       EBUSY; clone3: EEXIST\n"
		"privilege   CAP_SYS_ADMIN on the machine; clone3: also CAP_CHECKPOINT_RESTORE,\n"
		"            in the user namespaces that own the pid namespaces\n"
		"NEWPID      the list covers existing namespaces; clone3: also the new one, as 1\n");
	return ui_pause();
}

static enum nav_kind after(const struct lesson *lesson, const struct tree *first, const struct tree *now)
{
	(void)lesson, (void)first, (void)now;
	return show_differences();
}

static enum nav_kind lead(const struct lesson *lesson)
{
	static const struct showing showing = {
		.chapter = 8, .title = "Then and now: the same tree, through clone3(set_tid)", .option = "--clone3",
		.table = show_tree, .after = after,
	};
	const struct task *child = &lesson->before.task[tree_by_name(&lesson->before, "worker")];
	enum nav_kind nav;

	ui_screen(8, "Then and now: clone3(set_tid)");
	ui_text("clone_with_pids() was proposed in 2009 and never merged.  Ten years later,\n"
		"Linux 5.5 gave clone3() set_tid: the same problem, solved with other choices.\n\n");
	ui_print(COLOUR_CALL,
		 "    pid_t set_tid[] = { %d, %d, %d };         /* youngest namespace first */\n"
		 "    struct clone_args args = {\n"
		 "            .exit_signal  = SIGCHLD,\n"
		 "            .set_tid      = (uintptr_t)set_tid,\n"
		 "            .set_tid_size = 3,\n"
		 "    };\n"
		 "\n"
		 "    syscall(SYS_clone3, &args, sizeof(args));\n",
		 child->pid[2], child->pid[1], child->pid[0]);
	ui_text("\n"
		"This call creates %s.\n"
		"\n"
		"This kernel has both calls.  First we restart the image once more, by clone3()\n"
		"in place of clone_with_pids() and with nothing else changed.  Then both get the\n"
		"same requests.\n", child->name);
	nav = ui_pause();
	if (!nav)
		nav = lesson_restart(lesson, &showing);
	return nav;
}

enum nav_kind chapter8(void)
{
	return lesson_with_image(lead);
}
