// SPDX-License-Identifier: GPL-2.0
/* Checkpoint: the application runs, is recorded, and is killed. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/kill.h"
#include "lesson.h"
#include "lib/table.h"

#define IMAGE_LINES 14
#define WIDTH 79
#define IMAGE_TASK "process `sink'"

static enum nav_kind explain(void)
{
	ui_screen(2, "Checkpoint");
	ui_text("The application consists of ordinary programs in three nested containers.  Most\n"
		"of them are shell scripts.\n"
		"\n"
		"    outer              shell script, init of container 1\n"
		"     |- run-middle     starts container 2, and passes messages on to its init\n"
		"     |   `- middle             shell script, init of container 2\n"
		"     |       |- run-inner      starts container 3\n"
		"     |       |   `- inner      shell script, init of container 3\n"
		"     |       |       `- leaf   its child\n"
		"     |       `- worker\n"
		"     |- counter        counts, twenty times a second\n"
		"     |- source         writes 1 2 3 ... to a pipe\n"
		"     |- sink           reads them, and checks that none is missing\n"
		"     `- helper\n"
		"\n"
		"Each program remembers the pids of its children: a shell keeps them in $!, the\n"
		"others keep what clone() returned.  They use these pids to signal each other,\n"
		"at least eight times a second; helper, worker and leaf answer to $PPID.  None\n"
		"of them ever looks a pid up again, and none knows about checkpoints.\n");
	return ui_pause();
}

/* Show one of the scripts as it is. */
static enum nav_kind show_program(void)
{
	char *text;

	ui_screen(2, "Checkpoint: one of the programs");
	if (command_run(true, &text, COMMAND("cat", "/app/middle")))
		return NAV_FAILED;
	ui_text("\n");
	for (const char *p = text; *p; p++)
		ui_text(*p == '\t' ? "        " : "%c", *p);
	free(text);
	return ui_pause();
}

static enum nav_kind show_running(const struct tree *tree)
{
	struct sums sum;

	if (lesson_print_logs(tree, NULL, tree, &sum) || lesson_check_well(&sum) || lesson_report_signals(tree, tree))
		return NAV_FAILED;
	ui_text("The programs log this in " LESSON_LOGS ".  FAILED: no task had the pid\n"
		"that was signalled (ESRCH).  WRONG: steps or numbers lost or repeated.\n");
	return ui_pause();
}

static enum nav_kind show_table(const struct tree *tree)
{
	ui_screen(2, "Checkpoint: the table to come back to");
	table_print(ui_out(), "before checkpoint", tree, COLUMN_PGID | COLUMN_SID);
	ui_text("L0 is the machine.  The gaps between the pids are real: programs came and went,\n"
		"as in any container that has run for a while.\n"
		"\n"
		"Notice leaf: it has four pids, and its parent, inner, keeps the last in $!.\n"
		"Notice middle: its parent lives outside its container and knows its L1 pid.\n"
		"\n"
		"Next: checkpoint records the tree and kills it.\n");
	return ui_pause();
}

/* Print the lines about one task, up to the next one, without its many mappings. */
static void print_task(const char *line)
{
	for (int i = 0; i < IMAGE_LINES && *line && (!i || *line == ' '); ) {
		int len = strcspn(line, "\n");
		bool mapping = len > 13 && line[12] == '-' && strspn(line + 4, "0123456789abcdef") == 8;

		if (!mapping) {
			ui_print(COLOUR_CALL, "%.*s\n", len < WIDTH ? len : WIDTH, line);
			i++;
		}
		line += len + (line[len] == '\n');
	}
}

static enum nav_kind show_image(void)
{
	char *text, *line;

	if (command_run(true, &text, COMMAND("checkpoint", "--show", LESSON_IMAGE)))
		return NAV_FAILED;
	line = strstr(text, IMAGE_TASK);
	while (line && line > text && line[-1] != '\n')
		line--;
	ui_text("\nThe image holds each task's pids, memory, registers, files and signals.  From\n"
		"what it records of sink:\n\n");
	if (line)
		print_task(line);
	free(text);
	if (!line)
		return ui_failed("the image has no " IMAGE_TASK);
	ui_text("\nIt also records what source has written to the pipe and sink has not yet read.\n");
	return ui_pause();
}

static enum nav_kind show_killed(const struct lesson *lesson)
{
	int gone = 0;

	ui_screen(2, "Checkpoint: the tree is gone");
	ui_text("Once the image was complete, checkpoint killed the tree.  Is anything left?\n\n");
	ui_text("%-14s%8s%20s\n", "NAME", "pid", "kill(pid, 0)");
	for (int i = 0; i < lesson->before.n; i++) {
		const struct task *t = &lesson->before.task[i];
		int error = kill(t->pid[0], 0) ? errno : 0;

		ui_text("%-14s%8d%20s\n", t->name, t->pid[0], errno_name(error));
		gone += error == ESRCH;
	}
	if (gone != lesson->before.n)
		return ui_failed("%d of %d tasks are still there", lesson->before.n - gone, lesson->before.n);
	ui_text("\nNo process, no container, no memory: only a file remains.  Everything in it can\n"
		"be restored except the pids.  A task cannot set its own pids: the kernel\n"
		"assigns them when it creates the task, in all its namespaces at once.\n");
	return ui_pause();
}

static enum nav_kind lead(pid_t root)
{
	enum nav_kind nav;
	struct tree tree;

	if (tree_read(&tree, root, false)) {
		kill_tree(root);
		return ui_failed("read the application's tree: %s", strerror(errno));
	}
	nav = show_running(&tree);
	if (!nav)
		nav = show_table(&tree);
	if (nav) {
		kill_tree(root);
		tree_free(&tree);
		return nav;
	}
	ui_screen(2, "Checkpoint: the image");
	if (lesson_record(true, root, &tree))
		return NAV_FAILED;
	nav = show_image();
	return nav ? nav : show_killed(lesson_recorded());
}

enum nav_kind chapter2(void)
{
	enum nav_kind nav = explain();
	pid_t root;

	if (!nav)
		nav = show_program();
	if (nav)
		return nav;
	ui_screen(2, "Checkpoint: the application runs");
	root = lesson_start_app(true);
	return root < 0 ? NAV_FAILED : lead(root);
}
