// SPDX-License-Identifier: GPL-2.0
/* Restart without pids: plain clone(), and what it breaks. */
#include <stdio.h>

#include "lesson.h"
#include "lib/table.h"

/* The answers to the question, as what_came() tells them apart. */
enum { ALL_ARRIVE, NONE_ARRIVES, SOME_ASTRAY };

/* A pid that a task remembers, for the question; 0 if its log does not say. */
static pid_t remembered(const struct lesson *lesson, const char *who, int index)
{
	int i = tree_by_name(&lesson->before, who);

	return i >= 0 && index < lesson->logs[i].n_known ? lesson->logs[i].known[index].pid : 0;
}

static enum nav_kind predict(const struct lesson *lesson)
{
	static const char *const choices[CHOICES] = {
		[ALL_ARRIVE] = "all arrive where they should", [NONE_ARRIVES] = "none arrives anywhere",
		[SOME_ASTRAY] = "some fail, and some reach another task",
	};
	pid_t middle = remembered(lesson, "outer", 0), helper = remembered(lesson, "outer", 1);
	char question[128];

	ui_screen(3, "Restart without pids");
	ui_text("The image has everything that the tasks knew.  Now restart rebuilds the tree as\n"
		"any program would: each parent creates its children, in the same order and in\n"
		"new namespaces, with plain\n\n");
	ui_print(COLOUR_CALL, "    clone(SIGCHLD, ...)    and    clone(CLONE_NEWPID | SIGCHLD, ...)\n");
	ui_text("\n"
		"and restores each task's memory, registers, files and signals.  (An image\n"
		"records which files were open, not their contents: before each restart, this\n"
		"tour resets the logs to what they were at the checkpoint.)\n"
		"\n"
		"Outer keeps the pids of its children in variables: run-middle is %d, and\n"
		"helper, its $!, is %d.  The new container assigns pids from 1 on: 1, 2, 3, ...\n\n", middle, helper);
	snprintf(question, sizeof(question), "what happens to the signals that outer sends\nto %d and to %d?", middle, helper);
	return ui_predict(question, choices);
}

/* What has happened to outer's signals, by who has the pids that it remembers. */
static int what_came(const struct lesson *lesson, const struct tree *now)
{
	int count[FATES];

	lesson_count_fates(lesson, tree_by_name(&lesson->before, "outer"), now, count);
	if (count[FATE_STRANGER])
		return SOME_ASTRAY;
	return count[FATE_NOBODY] ? NONE_ARRIVES : ALL_ARRIVE;
}

static enum nav_kind show_table(const struct lesson *lesson, const struct tree *now)
{
	struct comparison c = tree_compare(&lesson->before, 0, now);

	ui_text("\n");
	table_compare_print(ui_out(), &lesson->before, now);
	ui_print(COLOUR_BAD, "%d of %d pids are the same: those of the inits, which are always 1.\n",
		 c.pids_equal, c.pids);
	if (comparison_equal(&c))
		return ui_failed("the tree came back with its old pids, although restart chose none");
	ui_text("The tree is right, the memory is right, but the pids that it remembers are\n"
		"wrong.  No call has failed so far.  The tasks are stopped; next, they continue.\n");
	return ui_pause();
}

static enum nav_kind show_messages(const struct lesson *lesson, const struct tree *first, const struct tree *now)
{
	struct sums sum;
	bool predicted;

	ui_screen(3, "Restart without pids: where the signals went");
	if (lesson_print_logs(&lesson->before, lesson->logs, now, &sum) || lesson_report_signals(&lesson->before, first))
		return NAV_FAILED;
	predicted = ui_reveal(what_came(lesson, first));
	ui_print(COLOUR_BAD, "%d signals went nowhere.", sum.failed);
	ui_text("  And the ones that arrived?\n");
	if (!lesson_print_fates(lesson, first, predicted ? 4 : 5) || !sum.failed)
		return ui_failed("the application works without its old pids");
	if (sum.ended)
		ui_print(COLOUR_BAD, "A signal meant for another task killed %d task%s.\n", sum.ended,
			 sum.ended == 1 ? "" : "s");
	return ui_pause();
}

/* Do what a person would do next: ask outer to end its helper. */
static enum nav_kind show_renewal(const struct tree *now)
{
	ui_screen(3, "Restart without pids: kill $!");
	ui_text("On SIGHUP, outer replaces its helper: it runs `kill $!' and `wait $!', and\n"
		"starts another.  Outer's pid is now %d.  We send it SIGHUP; this is its log.\n\n", now->task[0].pid[0]);
	if (lesson_renew_helper(now->task[0].pid[0], false))
		return NAV_FAILED;
	ui_text("\n"
		"The trap worked: signal actions are part of the image.  But the shell cannot\n"
		"kill its own child.  The child is alive, under a pid that the shell has never\n"
		"seen.\n"
		"\n"
		"A program that checks kill() notices this error.  It cannot notice a signal\n"
		"that reaches the wrong task: there kill() succeeds.\n");
	return ui_pause();
}

static enum nav_kind after(const struct lesson *lesson, const struct tree *first, const struct tree *now)
{
	enum nav_kind nav = show_messages(lesson, first, now);

	return nav ? nav : show_renewal(now);
}

static enum nav_kind lead(const struct lesson *lesson)
{
	static const struct showing showing = {
		.chapter = 3, .title = "Restart without pids: the table", .option = "--pids=none",
		.look_first = true, .table = show_table, .after = after,
	};
	enum nav_kind nav = predict(lesson);

	return nav ? nav : lesson_restart(lesson, &showing);
}

enum nav_kind chapter3(void)
{
	return lesson_with_image(lead);
}
