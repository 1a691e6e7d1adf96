// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "foreground.h"
#include "lib/report.h"

struct size {
	unsigned short rows, columns, xpixel, ypixel;
};

/* Global, because a program has only one controlling terminal. */
static struct termios2 own, lent;	/* settings: this program's; the tree's while it does not have the terminal */
static pid_t group;			/* the tree's foreground group; 0: it is this program's, or the tree's own affair */
static bool given;
static pid_t root;

static int fail(const char *what)
{
	report(errno, "give the tree the terminal: %s", what);
	return -1;
}

/* Only the foreground may set up the terminal; all others are stopped by SIGTTOU, which we ignore. */
static int hand_over(pid_t to, const struct termios2 *settings)
{
	void (*before)(int) = signal(SIGTTOU, SIG_IGN);
	int ret = tcsetpgrp(STDIN_FILENO, to) || ioctl(STDIN_FILENO, TCSETSW2, settings) ? -1 : 0, error = errno;

	signal(SIGTTOU, before);
	errno = error;
	return ret;
}

static int give(void)
{
	if (ioctl(STDIN_FILENO, TCGETS2, &own))
		return fail("read its settings");
	if (hand_over(group ? group : getpgrp(), &lent)) {
		fail("set its settings and foreground group");
		hand_over(getpgrp(), &own);
		return -1;
	}
	given = true;
	return 0;
}

void foreground_take_back(void)
{
	if (!given)
		return;
	given = false;
	if (ioctl(STDIN_FILENO, TCGETS2, &lent) || hand_over(getpgrp(), &own))
		report(errno, "take the terminal back");
}

/* Find the recorded foreground group, or that of the first task. */
static pid_t find_group(const struct builder *b)
{
	const struct image *image = b->image;
	int32_t task = image->n_terminals ? image->terminals->foreground : -1;

	if (task < 0)
		task = 0;
	/* In a session of its own it cannot have this terminal's foreground; what is not its own group is ours. */
	if (!image->tasks[task].sid_outside || image->tasks[task].pgid_outside)
		return 0;
	return getpgid(b->remote[task].tid);
}

int foreground_check(void)
{
	pid_t now = tcgetpgrp(STDIN_FILENO);

	if (now < 0)
		return fail("standard input");
	if (now != getpgrp()) {
		report(0, "give the tree the terminal: this program is not in the foreground itself");
		return -1;
	}
	/* Then the first task is ours to wait for, who creates it notwithstanding. */
	return prctl(PR_SET_CHILD_SUBREAPER, 1) ? fail("become its parent") : 0;
}

int foreground_give(const struct builder *b)
{
	const struct terminal *t = b->image->n_terminals ? b->image->terminals : NULL;
	struct size size;

	root = b->creation.tid[0];
	group = find_group(b);
	if (group < 0)
		return fail("find its process group");
	if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) || ioctl(STDIN_FILENO, TCGETS2, &lent))
		return fail("read its size and settings");
	if (t && !size.rows && !size.columns) {
		size = (struct size){ t->rows, t->columns, t->xpixel, t->ypixel };
		if (ioctl(STDIN_FILENO, TIOCSWINSZ, &size))
			return fail("set its size");
	}
	if (t)
		memcpy(&lent, t->termios, sizeof(lent));
	return give();
}

/* The old contents of the screen are gone.  After SIGWINCH, programs that care redraw it. */
void foreground_show(const struct builder *b)
{
	pid_t shown = group ? group : getpgrp();

	for (uint32_t i = 0; i < b->image->n_tasks; i++)
		if (b->image->tasks[i].kind == TASK_PROCESS && getpgid(b->remote[i].tid) == shown)
			kill(b->remote[i].tid, SIGWINCH);
}

static void pass_on(int sig)
{
	int error = errno;

	kill(root, sig);
	errno = error;
}

/* Ignore the signals of the terminal's keys, which are for the tree, and pass on those that are sent to us. */
static void take_signals(void)
{
	static const int passed[] = { SIGHUP, SIGTERM, SIGUSR1, SIGUSR2 }, ignored[] = { SIGINT, SIGQUIT, SIGTSTP };
	const struct sigaction pass = { .sa_handler = pass_on, .sa_flags = SA_RESTART };

	for (size_t i = 0; i < sizeof(passed) / sizeof(*passed); i++)
		sigaction(passed[i], &pass, NULL);
	for (size_t i = 0; i < sizeof(ignored) / sizeof(*ignored); i++)
		signal(ignored[i], SIG_IGN);
}

/*
 * When the tree has been stopped, by ^Z for instance, stop as well, so that the shell takes the terminal.  When the
 * shell continues us in the foreground, give the terminal back to the tree.
 */
static void stop_with_it(void)
{
	foreground_take_back();
	kill(getpid(), SIGSTOP);
	if (tcgetpgrp(STDIN_FILENO) == getpgrp())
		give();
	kill(group ? -group : root, SIGCONT);
}

int restart_foreground_wait(void)
{
	int status;
	pid_t pid;

	take_signals();
	do {
		pid = waitpid(-1, &status, WUNTRACED);
		if (pid == root && WIFSTOPPED(status))
			stop_with_it();
	} while (pid != root || WIFSTOPPED(status));
	foreground_take_back();
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
