// SPDX-License-Identifier: GPL-2.0
/* Restart with clone_with_pids(): every pid, at every level. */
#include "lesson.h"
#include "table.h"

static enum nav_kind predict(const struct lesson *lesson)
{
	const struct task *leaf = &lesson->before.task[tree_by_name(&lesson->before, "leaf")];

	ui_screen(4, "Restart with clone_with_pids()");
	ui_text("The same image, the same order, the same code.  Only the call is another:\n\n");
	ui_print(COLOUR_CALL,
		 "    pid_t pids[] = { %d, %d, %d, %d };        /* oldest namespace first */\n"
		 "    struct clone_with_pids_args args = { .nr_pids = 4 };\n"
		 "\n"
		 "    clone_with_pids(SIGCHLD, &args, sizeof(args), pids);\n",
		 leaf->pid[0], leaf->pid[1], leaf->pid[2], leaf->pid[3]);
	ui_text("\n"
		"That is how inner creates leaf again: one call, one pid for each of the four\n"
		"namespaces that leaf is visible in.  For a new container's init the list names\n"
		"the namespaces that exist already; in the new one it is 1 anyway.\n"
		"\n"
		"If one of the pids is taken, in any namespace, the call is refused, and no pid\n"
		"is taken anywhere.\n"
		"\n"
		"Before the tree is let go, restart compares what the kernel reports of it with\n"
		"the image.\n\n");
	return ui_predict("how many of the pids will be what they were?\n"
			  "Will counter notice that it was away?  Will sink miss a number?\n");
}

static enum nav_kind show_table(const struct lesson *lesson, const struct tree *now)
{
	struct comparison c = tree_compare(&lesson->before, 0, now);

	ui_text("\n");
	table_print(ui_out(), "after restart", now, COLUMN_PGID | COLUMN_SID);
	if (!comparison_equal(&c))
		return ui_failed("%d of %d pids, %d of %d relations are equal", c.pids_equal, c.pids,
				 c.relations_equal, c.relations);
	ui_print(COLOUR_GOOD, "compared with before: %d tasks, %d of %d pids equal, at every level\n",
		 c.tasks, c.pids_equal, c.pids);
	ui_text("parents, process groups and sessions: %d of %d equal\n"
		"New tasks, new namespaces, and every number where it was: in the containers\n"
		"and on the machine.\n", c.relations_equal, c.relations);
	return ui_pause();
}

static enum nav_kind show_messages(const struct lesson *lesson, const struct tree *now)
{
	struct sums sum;

	ui_screen(4, "Restart with clone_with_pids(): the application goes on");
	if (lesson_print_logs(&lesson->before, lesson->logs, now, &sum) || lesson_check_well(&sum))
		return NAV_FAILED;
	ui_print(COLOUR_GOOD, "%d messages sent, none failed; no step and no number lost or repeated.\n", sum.sent);
	ui_text("\n"
		"counter keeps its number in memory and in its file, and compares: both go on\n"
		"from where they were.  What source had written and sink not read was recorded\n"
		"with the pipe.  The application does not know that it was dead.\n");
	return ui_pause();
}

static enum nav_kind show_renewal(const struct tree *now)
{
	ui_screen(4, "Restart with clone_with_pids(): kill $!");
	ui_text("Again outer gets the signal on which it replaces its helper: `kill $!',\n"
		"`wait $!', and another one.\n\n");
	if (lesson_renew_helper(now->task[0].pid[0], true))
		return NAV_FAILED;
	ui_text("\n"
		"`kill $!' found the process, and `wait' got the status with which it ended: it\n"
		"is outer's child, as it was, by the number that outer knows.\n"
		"\n"
		"The new helper's pid is the kernel's choice: a pid that was asked for does not\n"
		"move the counter from which ordinary children get theirs.\n");
	return ui_pause();
}

static enum nav_kind after(const struct lesson *lesson, const struct tree *first, const struct tree *now)
{
	enum nav_kind nav = show_messages(lesson, now);

	return nav ? nav : show_renewal(first);
}

static enum nav_kind lead(const struct lesson *lesson)
{
	static const struct showing showing = {
		.chapter = 4, .title = "Restart with clone_with_pids(): the table", .table = show_table, .after = after,
	};
	enum nav_kind nav = predict(lesson);

	return nav ? nav : lesson_restart(lesson, &showing);
}

enum nav_kind chapter4(void)
{
	return lesson_with_image(lead);
}
