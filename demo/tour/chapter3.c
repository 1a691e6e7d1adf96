// SPDX-License-Identifier: GPL-2.0
/* Restart without pids: plain clone(), and what it breaks. */
#include "lesson.h"
#include "table.h"

/* What a task remembers, to ask about it; 0 if it says nothing of that. */
static pid_t remembered(const struct lesson *lesson, const char *who, int index)
{
	int i = tree_by_name(&lesson->before, who);

	return i >= 0 && index < lesson->logs[i].n_known ? lesson->logs[i].known[index].pid : 0;
}

static enum nav_kind predict(const struct lesson *lesson)
{
	pid_t middle = remembered(lesson, "outer", 0), helper = remembered(lesson, "outer", 1);

	ui_screen(3, "Restart without pids");
	ui_text("The image has all that the tasks knew.  Now the tree is built again as any\n"
		"program would: each parent creates its children, in the same order and in new\n"
		"namespaces, with plain\n\n");
	ui_print(COLOUR_CALL, "    clone(SIGCHLD, ...)    and    clone(CLONE_NEWPID | SIGCHLD, ...)\n");
	ui_text("\n"
		"and each gets its memory, registers, files and signals back.  (An image knows\n"
		"which files were open, and not what is in them: the logs are put back as they\n"
		"were at the checkpoint, before each restart in this tour.)\n"
		"\n"
		"In its variables outer has the pids of those that it has started: run-middle is\n"
		"%d, and helper, its $!, is %d.  The new container gives out its pids from the\n"
		"beginning: 1, 2, 3, ...\n\n", middle, helper);
	return ui_predict("which pids will they have?  Who will get the signals\n"
			  "that outer sends to %d and to %d?\n", middle, helper);
}

static enum nav_kind show_table(const struct lesson *lesson, const struct tree *now)
{
	struct comparison c = tree_compare(&lesson->before, 0, now);

	ui_text("\n");
	table_compare_print(ui_out(), &lesson->before, now);
	ui_print(COLOUR_BAD, "%d of %d pids are what they were: those that are 1 in their container.\n",
		 c.pids_equal, c.pids);
	if (comparison_equal(&c))
		return ui_failed("the tree came back with its pids, without having asked for them");
	ui_text("The shape is right, the memory is right, and the remembered numbers are wrong.\n"
		"No call has failed so far.  The tasks are stopped; next, they go on.\n");
	return ui_pause();
}

static enum nav_kind show_messages(const struct lesson *lesson, const struct tree *first, const struct tree *now)
{
	struct sums sum;

	ui_screen(3, "Restart without pids: what became of the signals");
	if (lesson_print_logs(&lesson->before, lesson->logs, now, &sum))
		return NAV_FAILED;
	ui_print(COLOUR_BAD, "%d signals went nowhere.", sum.failed);
	ui_text("  And those that did not fail?\n");
	if (!lesson_print_fates(lesson, first, 5) || !sum.failed)
		return ui_failed("the application works, without its pids");
	if (sum.ended)
		ui_print(COLOUR_BAD, "A signal that was meant for another has killed %d task%s.\n", sum.ended,
			 sum.ended == 1 ? "" : "s");
	return ui_pause();
}

/* What a person would do next: ask outer to end its helper. */
static enum nav_kind show_renewal(const struct tree *now)
{
	ui_screen(3, "Restart without pids: kill $!");
	ui_text("On SIGHUP outer replaces its helper: `kill $!', `wait $!', and starts another.\n"
		"It is %d now, and it gets that signal.  The lines below are what it says.\n\n", now->task[0].pid[0]);
	if (lesson_renew_helper(now->task[0].pid[0], false))
		return NAV_FAILED;
	ui_text("\n"
		"The trap worked: signal actions are part of the image.  But the shell cannot\n"
		"end its own child, which is alive and well, under a number that the shell has\n"
		"never heard of.\n"
		"\n"
		"An error a program could notice, if it looked.  The signals that reach somebody\n"
		"else it cannot: there kill() succeeds.\n");
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
