// SPDX-License-Identifier: GPL-2.0
/* Checkpoint: the application runs, is recorded, and is killed. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "checkpoint.h"
#include "lesson.h"
#include "report.h"
#include "spawn.h"
#include "table.h"

#define IMAGE_LINES 17

static enum nav_kind explain(void)
{
	ui_screen(2, "Checkpoint");
	ui_text("The application of this lesson is nine tasks in three nested containers:\n"
		"\n"
		"    outer-init                 container 1: init, and session leader\n"
		"     |- worker\n"
		"     |- group-leader           leads a process group of its own\n"
		"     |   `- group-member\n"
		"     `- middle-init            container 2, inside 1\n"
		"         |- session-leader     leads a session of its own\n"
		"         |   `- session-child\n"
		"         `- inner-init         container 3, inside 2\n"
		"             `- leaf\n"
		"\n"
		"Each parent remembers the pids that clone() returned for its children, and each\n"
		"child the pid that getppid() gave it.  Fifty times a second each task advances\n"
		"its counter and signals each child by that pid; the child answers its parent.\n"
		"Nobody ever looks a pid up again.\n"
		"\n"
		"Next it is started, and left to run for a moment.\n");
	return ui_pause();
}

static enum nav_kind show_running(pid_t root)
{
	/* Against an image in which everything is 0. */
	struct image none = { 0 };
	struct messages sum;
	struct tree tree;
	enum nav_kind nav;

	ui_screen(2, "Checkpoint: the application runs");
	if (tree_read(&tree, root, false))
		return ui_failed("read the application's tree: %s", strerror(errno));
	none.tree = tree;
	if (lesson_messages(&none, &tree, &sum))
		nav = ui_failed("the application's messages cannot be read");
	else if (sum.lost || sum.strange || !sum.answered)
		nav = ui_failed("the application does not work: %u answers, %u lost, %u strange",
				sum.answered, sum.lost, sum.strange);
	else
		nav = NAV_ON;
	tree_free(&tree);
	if (nav)
		return nav;
	ui_text("LOST: no task had the remembered pid (ESRCH).  STRANGE: a task received a\n"
		"message that was meant for another.  All is well: there are none of either.\n"
		"\n"
		"(outer-init, middle-init and inner-init do not answer: their parents live in\n"
		"an older namespace, where getppid() cannot see them.)\n");
	return ui_pause();
}

static enum nav_kind show_table(const struct image *image)
{
	ui_screen(2, "Checkpoint: the table to come back to");
	ui_text("All nine tasks were held still (PTRACE_SEIZE), recorded, and then killed.  This\n"
		"is what /proc said of them while they were held:\n\n");
	table_print(ui_out(), "before checkpoint", &image->tree, 0);
	ui_text("The holes between the numbers are real: each task had short-lived children\n"
		"before the next one, as any program has that has run for a while.\n"
		"\n"
		"Notice the leaf: four pids, and its parent inner-init knows it by the last.\n");
	return ui_pause();
}

static enum nav_kind show_image(const struct image *image)
{
	char *text = NULL, *line;
	size_t size = 0;
	FILE *m = open_memstream(&text, &size);

	if (!m)
		return ui_failed("print the image: %s", strerror(errno));
	if (image_print(m, image) | fclose(m)) {
		free(text);
		return ui_failed("print the image: out of memory");
	}

	ui_screen(2, "Checkpoint: the image");
	ui_text("Pids and relations as the kernel reported them, and each task's memory: which\n"
		"pids it knows, how far its counter is.  The first lines of " LESSON_IMAGE ":\n\n");
	line = text;
	for (int i = 0; i < IMAGE_LINES && *line; i++) {
		size_t len = strcspn(line, "\n") + 1;

		ui_print(COLOUR_CALL, "%.*s", (int)len, line);
		line += len;
	}
	free(text);
	ui_text("(s, then `cat " LESSON_IMAGE "', shows all.)\n");
	return ui_pause();
}

static enum nav_kind show_killed(const struct image *image)
{
	int gone = 0;

	ui_screen(2, "Checkpoint: the tree is gone");
	ui_text("When the file was whole, the tree was killed.  Is anything left of it?\n\n");
	ui_text("%-18s%8s%20s\n", "NAME", "pid", "kill(pid, 0)");
	for (int i = 0; i < image->tree.n; i++) {
		const struct task *t = &image->tree.task[i];
		int error = kill(t->pid[0], 0) ? errno : 0;

		ui_text("%-18s%8d%20s\n", t->name, t->pid[0], errno_name(error));
		gone += error == ESRCH;
	}
	if (gone != image->tree.n)
		return ui_failed("%d of %d tasks are still there", image->tree.n - gone, image->tree.n);
	ui_text("\nNo process, no container, no memory: all that remains is a file of text.\n"
		"\n"
		"To restart it is easy, but for the pids.  They are not a property of the tasks\n"
		"that the tasks could set; the kernel gives them out when a task is created, and\n"
		"in all namespaces at once.\n");
	return ui_pause();
}

enum nav_kind chapter2(void)
{
	enum nav_kind nav = explain();
	struct image image;
	pid_t root;

	if (nav)
		return nav;
	root = app_start(true);
	if (root < 0)
		return ui_failed("the application did not start");
	nav = lesson_wait_steps(root, LESSON_STEPS) ? ui_failed("the application does not count") : show_running(root);
	if (nav) {
		kill_tree(root);
		return nav;
	}
	if (checkpoint(&image, root, LESSON_IMAGE, false)) {
		kill_tree(root);
		return ui_failed("the application was not recorded");
	}
	nav = show_table(&image);
	if (!nav)
		nav = show_image(&image);
	if (!nav)
		nav = show_killed(&image);
	image_free(&image);
	return nav;
}
