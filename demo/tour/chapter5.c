// SPDX-License-Identifier: GPL-2.0
/*
 * One namespace deeper: the image is restarted inside another container.
 *
 * A shell in the container restarts it there, with the same lists of pids, and stays.  The tour looks in from the
 * machine, where each task has one pid more.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/kill.h"
#include "lesson.h"
#include "lib/wait.h"
#include "lib/table.h"

#define END_BOUND_MS 10000
#define EXEC_BOUND_MS 60000

/* The answers to the question, as what_came() tells them apart. */
enum { NO_COLUMN, ALL_MOVED, ALL_IN_PLACE };

static enum nav_kind predict(const struct lesson *lesson)
{
	static const char *const choices[CHOICES] = {
		[NO_COLUMN] = "none: the tree is one level deeper now", [ALL_MOVED] = "all, one to the right; L0 is new",
		[ALL_IN_PLACE] = "all, where they were; L4 is new",
	};
	const struct task *leaf = &lesson->before.task[tree_by_name(&lesson->before, "leaf")];

	ui_screen(5, "One namespace deeper");
	ui_text("We now restart, inside another container, a tree that was recorded on the\n"
		"machine.  Each task gets one pid more than the image knows: one in the\n"
		"machine's namespace, which is now older than all the recorded ones.\n"
		"\n"
		"The kernel matches the list of pids from the innermost level outwards.  Leaf's\n"
		"list is the same as before, and leaf now has one more level:\n\n");
	ui_print(COLOUR_CALL,
		 "    level of the machine    0       1       2       3       4\n"
		 "    pids[]                  -  %6d  %6d  %6d  %6d\n",
		 leaf->pid[0], leaf->pid[1], leaf->pid[2], leaf->pid[3]);
	ui_text("\n"
		"The levels that the list covers are the known ones.  The level before them is\n"
		"unknown: there the kernel chooses.  The tree need not know how deep it is.\n\n");
	return ui_predict("which columns will be as before the checkpoint?", choices);
}

/* Which columns are equal, if those of before are compared from L0 on, or from L1 on? */
static int what_came(const struct tree *before, const struct tree *now)
{
	int moved = 0, in_place = 0, pids = 0;

	for (int i = 0; i < before->n; i++) {
		const struct task *was = &before->task[i], *is;
		int match = tree_match(before, i, now);

		pids += was->levels;
		if (match < 0)
			continue;
		is = &now->task[match];
		for (int level = 0; level < was->levels; level++) {
			in_place += level < is->levels && is->pid[level] == was->pid[level];
			moved += level + 1 < is->levels && is->pid[level + 1] == was->pid[level];
		}
	}
	return moved == pids ? ALL_MOVED : in_place == pids ? ALL_IN_PLACE : NO_COLUMN;
}

static enum nav_kind show_table(const struct lesson *lesson, const struct tree *now)
{
	struct comparison c = tree_compare(&lesson->before, 0, now);

	ui_text("\n");
	table_print(ui_out(), "after restart, one namespace deeper", now, 0);
	if (!comparison_equal(&c))
		return ui_failed("%d of %d pids, %d of %d relations are equal", c.pids_equal, c.pids,
				 c.relations_equal, c.relations);
	ui_print(COLOUR_GOOD, "L1 to L4 compared with L0 to L3 before: %d of %d pids equal\n",
		 c.pids_equal, c.pids);
	ui_reveal(what_came(&lesson->before, now));
	ui_text("The kernel chose L0: by now, other tasks may use the old L0 pids of the tree.\n");
	return ui_pause();
}

static enum nav_kind show_messages(const struct lesson *lesson, const struct tree *now)
{
	struct sums sum;

	ui_screen(5, "One namespace deeper: the application");
	if (lesson_print_logs(&lesson->before, lesson->logs, now, &sum) || lesson_check_well(&sum) ||
	    lesson_report_signals(&lesson->before, now))
		return NAV_FAILED;
	ui_print(COLOUR_GOOD, "%d messages sent, none failed.\n", sum.sent);
	ui_text("This is why the list is matched from the innermost level outwards: the tree now\n"
		"runs four containers deep, and each container is intact.\n");
	return ui_pause();
}

/*
 * Wait until the task runs this program; by then, everything that it waits for before exec() has ended.  Returns 0, or
 * -1 with errno.
 */
static int wait_for_exec(pid_t pid, const char *name)
{
	long deadline = now_ms() + EXEC_BOUND_MS;
	struct task t;

	for (;;) {
		if (task_read(&t, pid))
			return -1;
		if (!strcmp(t.name, name))
			return 0;
		if (now_ms() > deadline) {
			errno = ETIMEDOUT;
			return -1;
		}
		sleep_ms(5);
	}
}

/* The former shell is the init of the new container, a child of cwp, which waits for it. */
static enum nav_kind show(const struct lesson *lesson, const struct tree *cwp)
{
	enum nav_kind nav = NAV_FAILED;
	struct tree now;

	if (cwp->n < 2)
		return ui_failed("there is no container");
	/* restart says the pid, and ends after that. */
	if (wait_for_exec(cwp->task[1].pid[0], "sleep") || tree_read(&now, cwp->task[1].pid[0], false))
		return ui_failed("read the container's tree: %s", strerror(errno));
	if (!lesson_wait_steps(&lesson->before, LESSON_STEPS, true))
		nav = show_table(lesson, &now);
	if (!nav)
		nav = show_messages(lesson, &now);
	tree_free(&now);
	return nav;
}

/* Kill the container; cwp ends after it. */
static int end(const struct tree *tree)
{
	int status;

	if (tree->n > 1 && kill_tree(tree->task[1].pid[0]))
		return -1;
	return wait_bounded(tree->task[0].pid[0], &status, 0, END_BOUND_MS);
}

static enum nav_kind lead(const struct lesson *lesson)
{
	enum nav_kind nav = predict(lesson);
	struct tree tree;
	pid_t cwp, root;

	if (nav)
		return nav;
	ui_screen(5, "One namespace deeper: the table, from the machine");
	if (lesson_put_logs_back())
		return NAV_FAILED;
	cwp = command_start(COMMAND("cwp", "-n", "sh", "-c", "restart -i " LESSON_IMAGE " && exec sleep 99999"), &root);
	if (cwp < 0)
		return NAV_FAILED;
	if (tree_read(&tree, cwp, false))
		return ui_failed("read the container's tree: %s", strerror(errno));
	nav = show(lesson, &tree);
	if (end(&tree))
		nav = ui_failed("the container did not end");
	tree_free(&tree);
	return nav;
}

enum nav_kind chapter5(void)
{
	return lesson_with_image(lead);
}
