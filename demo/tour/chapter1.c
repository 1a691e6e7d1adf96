// SPDX-License-Identifier: GPL-2.0
/*
 * One task, many pids.
 *
 * The chapter starts four tasks.  The init of each namespace creates the next:
 *
 *   init-1         pid namespace at level 1
 *    `- init-2     level 2
 *        `- init-3 level 3
 *            `- task
 *
 * Each reports what getpid() returns, and tries the pids that it can try.
 */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "lesson.h"
#include "lib/report.h"
#include "lib/kill.h"
#include "lib/table.h"

#define DEPTH 3
#define BOUND_MS 10000

/* What one of the four tasks reports about itself. */
struct saying {
	int who;	/* 0 for init-1, and so on */
	pid_t self;	/* getpid() */
	pid_t child;	/* what clone() returned, 0 for the last */
	int alive;	/* errno of kill(child, 0) */
};

static void become(const char *name)
{
	prctl(PR_SET_NAME, name);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

/*
 * Create the next task from the one at this level.  Returns true in the creator and false in the new task.
 */
static bool create_next(int level, struct saying *say)
{
	/* The counter of each namespace is moved on, or all would be 1 and 2. */
	for (int i = 0; i < 2 * level + 1; i++) {
		pid_t pid = clone_without_pids(0, NULL, 0);

		if (!pid)
			_exit(0);
		waitpid(pid, NULL, 0);
	}
	say->child = clone_without_pids(level < DEPTH - 1 ? CLONE_NEWPID : 0, NULL, 0);
	if (!say->child)
		return false;
	say->alive = say->child > 0 && !kill(say->child, 0) ? 0 : errno;
	return true;
}

/* Each of the four tasks comes through here, goes as far as its level, and stays. */
static void nest(int fd)
{
	static const char *const names[] = { "init-1", "init-2", "init-3", "task" };
	struct saying say;
	int level = -1;

	do {
		level++;
		say = (struct saying){ .who = level, .self = getpid() };
		become(names[level]);
	} while (level < DEPTH && !create_next(level, &say));

	if (write(fd, &say, sizeof(say)) != sizeof(say))
		_exit(EXIT_FAILED);
	for (;;)
		pause();
}

static pid_t start(int *fd)
{
	int fds[2];
	pid_t pid;

	if (pipe(fds))
		return -1;
	pid = clone_without_pids(CLONE_NEWPID, NULL, 0);
	if (!pid) {
		close(fds[0]);
		nest(fds[1]);
	}
	close(fds[1]);
	*fd = fds[0];
	return pid;
}

static enum nav_kind explain(void)
{
	ui_screen(1, "One task, many pids");
	ui_text("A process does not have one pid.  It has one in each pid namespace in which it\n"
		"is visible: its own, and every ancestor of that one.\n"
		"\n"
		"    level 0   the machine's initial pid namespace\n"
		"    level 1   a container\n"
		"    level 2   a container inside that container\n"
		"    level 3   and one more\n"
		"\n"
		"A task at level 3 has four pids.  Its own namespace knows it by its last pid;\n"
		"the machine sees its first.  The kernel assigns all four when it creates the\n"
		"task.\n"
		"\n"
		"This kernel will now create four tasks with\n\n");
	ui_print(COLOUR_CALL, "    clone(CLONE_NEWPID | SIGCHLD, ...)\n");
	ui_text("\n"
		"Each task creates the next: init-1, init-2 and init-3 are each the first task\n"
		"of a new pid namespace, and `task' is an ordinary child of init-3.\n");
	return ui_pause();
}

static enum nav_kind show_table(const struct tree *tree)
{
	const struct task *t = &tree->task[tree->n - 1];

	ui_screen(1, "One task, many pids: the pid table");
	table_print(ui_out(), "one task, many pids", tree, 0);
	ui_text("Read a row from left to right: the pids of one task, oldest namespace first.\n"
		"L0 is the machine; `-' means that the task is not visible there.\n"
		"\n"
		"The kernel reports the last row itself, in /proc/%d/status:\n\n", t->pid[0]);
	ui_print(COLOUR_CALL, "    NSpid:  %d  %d  %d  %d\n", t->pid[0], t->pid[1], t->pid[2], t->pid[3]);
	ui_text("\n"
		"Notice: each namespace has its own pid 1, and the same number means different\n"
		"tasks in different columns.\n");
	return ui_pause();
}

static enum nav_kind show_sayings(const struct tree *tree, const struct saying *say)
{
	ui_screen(1, "One task, many pids: what each task knows");
	ui_text("Each task reports its own pid, and the pid that clone() returned for its child:\n\n");
	ui_text("%-10s%10s%16s%24s\n", "NAME", "getpid()", "clone() gave", "kill(that pid, 0)");
	for (int i = 0; i < tree->n; i++) {
		ui_text("%-10s%10d", tree->task[i].name, say[i].self);
		if (say[i].child)
			ui_text("%16d%24s\n", say[i].child, errno_name(say[i].alive));
		else
			ui_text("%16s%24s\n", "-", "-");
	}
	ui_text("\n"
		"A task knows only its youngest pid, the one at the innermost level.  It knows\n"
		"others by their pids in its own namespace: init-2 knows init-3 as %d.\n"
		"\n"
		"That works as long as the pids stay the same.  But a restart creates new tasks,\n"
		"and programs keep the old pids in memory: in a shell's $!, in a pid file, in a\n"
		"supervisor's table.\n"
		"\n"
		"So a restart must restore every pid, in every column, all at once.\n", say[1].child);
	return ui_pause();
}

/* Collect the four reports.  If a task dies, so do those below it, and the pipe ends. */
static int collect(int fd, struct saying *say)
{
	for (int i = 0; i <= DEPTH; i++) {
		struct pollfd p = { fd, POLLIN, 0 };
		struct saying s;

		if (poll(&p, 1, BOUND_MS) <= 0 || read(fd, &s, sizeof(s)) != sizeof(s))
			return -1;
		say[s.who] = s;
	}
	return 0;
}

static enum nav_kind show(pid_t root, int fd)
{
	struct saying say[DEPTH + 1];
	enum nav_kind nav;
	struct tree tree;

	if (collect(fd, say))
		return ui_failed("the nested tasks did not answer");
	if (tree_read(&tree, root, false))
		return ui_failed("read the pid table: %s", strerror(errno));
	if (tree.n != DEPTH + 1 || tree.levels != DEPTH + 1) {
		nav = ui_failed("%d tasks at %d levels, not %d", tree.n, tree.levels, DEPTH + 1);
	} else {
		nav = show_table(&tree);
		if (!nav)
			nav = show_sayings(&tree, say);
	}
	tree_free(&tree);
	return nav;
}

enum nav_kind chapter1(void)
{
	enum nav_kind nav = explain();
	pid_t root;
	int fd;

	if (nav)
		return nav;
	root = start(&fd);
	if (root < 0)
		return ui_failed("create the nested tasks: %s", strerror(errno));
	nav = show(root, fd);
	close(fd);
	if (kill_tree(root))
		return ui_failed("end the nested tasks");
	return nav;
}
