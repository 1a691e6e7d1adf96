// SPDX-License-Identifier: GPL-2.0
/* Restart with clone_with_pids(): every pid, at every level. */
#include <stdio.h>

#include "lesson.h"
#include "lib/table.h"

/* The answers to the question: how many pids are the same? */
struct answers {
	int inits, without_machine, all;
};

static struct answers answers_for(const struct tree *before)
{
	struct answers a = { 0 };

	for (int i = 0; i < before->n; i++) {
		const struct task *t = &before->task[i];

		a.inits += t->pid[t->levels - 1] == 1;
		a.without_machine += t->levels - 1;
		a.all += t->levels;
	}
	return a;
}

static int what_came(const struct tree *before, int equal)
{
	struct answers a = answers_for(before);

	return equal == a.all ? 2 : equal == a.without_machine ? 1 : 0;
}

static enum nav_kind ask(const struct tree *before)
{
	struct answers a = answers_for(before);
	char question[64], choices[CHOICES][64];

	snprintf(question, sizeof(question), "how many of the %d pids will be the same?", a.all);
	snprintf(choices[0], sizeof(*choices), "%d: those of the inits", a.inits);
	snprintf(choices[1], sizeof(*choices), "%d: all but those of level 0", a.without_machine);
	snprintf(choices[2], sizeof(*choices), "%d: all of them", a.all);
	return ui_predict(question, (const char *const[]){ choices[0], choices[1], choices[2] });
}

static enum nav_kind predict(const struct lesson *lesson)
{
	const struct task *leaf = &lesson->before.task[tree_by_name(&lesson->before, "leaf")];

	ui_screen(4, "Restart with clone_with_pids()");
	ui_text("The same image, the same order, the same code.  Only the call differs:\n\n");
	ui_print(COLOUR_CALL,
		 "    pid_t pids[] = { %d, %d, %d, %d };        /* oldest namespace first */\n"
		 "    struct clone_with_pids_args args = { .nr_pids = 4 };\n"
		 "\n"
		 "    clone_with_pids(SIGCHLD, &args, sizeof(args), pids);\n",
		 leaf->pid[0], leaf->pid[1], leaf->pid[2], leaf->pid[3]);
	ui_text("\n"
		"That is how inner creates leaf again: one call, with one pid for each of the\n"
		"four namespaces in which leaf is visible.  For the init of a new container, the\n"
		"list covers the namespaces that exist already; in the new one it is always 1.\n"
		"\n"
		"If one of the pids is taken, in any namespace, the kernel refuses the call and\n"
		"takes no pid anywhere.\n"
		"\n"
		"Before it lets the tree run, restart compares the image with what the kernel\n"
		"reports.\n\n");
	return ask(&lesson->before);
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
	ui_text("parents, process groups and sessions: %d of %d equal\n", c.relations_equal, c.relations);
	if (!ui_reveal(what_came(&lesson->before, c.pids_equal)))
		ui_text("New tasks, new namespaces, and every pid as it was: in the containers and on\n"
			"the machine.\n");
	return ui_pause();
}

static enum nav_kind show_messages(const struct lesson *lesson, const struct tree *now)
{
	struct sums sum;

	ui_screen(4, "Restart with clone_with_pids(): the application");
	if (lesson_print_logs(&lesson->before, lesson->logs, now, &sum) || lesson_check_well(&sum) ||
	    lesson_report_signals(&lesson->before, now))
		return NAV_FAILED;
	ui_print(COLOUR_GOOD, "%d messages sent, none failed; no step and no number lost or repeated.\n", sum.sent);
	ui_text("\n"
		"Counter keeps its number in memory and in a file, and compares the two: both\n"
		"continue where they were.  The pipe came back with the bytes that sink had not\n"
		"yet read.  The application does not know that it was dead.\n");
	return ui_pause();
}

static enum nav_kind show_renewal(const struct tree *now)
{
	ui_screen(4, "Restart with clone_with_pids(): kill $!");
	ui_text("Again we send outer the SIGHUP on which it replaces its helper: `kill $!', then\n"
		"`wait $!'.\n\n");
	if (lesson_renew_helper(now->task[0].pid[0], true))
		return NAV_FAILED;
	ui_text("\n"
		"`kill $!' found the process, and `wait' returned its exit status: helper is\n"
		"still outer's child, under the pid that outer knows.\n"
		"\n"
		"The kernel chose the new helper's pid.  A chosen pid does not move the counter\n"
		"from which the kernel assigns pids to ordinary children.\n");
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
