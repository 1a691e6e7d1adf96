// SPDX-License-Identifier: GPL-2.0
/* Restart without pids: plain clone(), and what it breaks. */
#include "lesson.h"
#include "table.h"

static enum nav_kind predict(const struct image *image)
{
	ui_screen(3, "Restart without pids");
	ui_text("The image has all that the tasks knew.  We build the tree again as any program\n"
		"would: each parent creates its children, in the same order and in new\n"
		"namespaces, with plain\n\n");
	ui_print(COLOUR_CALL, "    clone(SIGCHLD, ...)    and    clone(CLONE_NEWPID | SIGCHLD, ...)\n");
	ui_text("\n"
		"and gives each task its memory back, counter and remembered pids included.\n"
		"Process groups and sessions are made as they were.\n"
		"\n"
		"outer-init remembers its children: worker %d, group-leader %d, middle-init %d.\n"
		"The new container gives out its pids from the beginning: 1, 2, 3, ...\n\n",
		image->state[0].child[1], image->state[0].child[2], image->state[0].child[4]);
	return ui_predict("which pids will they have?  Who will get the messages\n"
			  "that outer-init sends to %d, %d and %d?\n", image->state[0].child[1],
			  image->state[0].child[2], image->state[0].child[4]);
}

static enum nav_kind show_table(const struct image *image, const struct tree *now)
{
	struct comparison c = tree_compare(&image->tree, 0, now);

	ui_screen(3, "Restart without pids: the table");
	table_compare_print(ui_out(), &image->tree, now);
	ui_print(COLOUR_BAD, "%d of %d pids are what they were: those that are 1 in their container.\n",
		 c.pids_equal, c.pids);
	if (comparison_equal(&c))
		return ui_failed("the tree came back with its pids, without having asked for them");
	ui_text("\n"
		"The shape is right, the memory is right, and every remembered number is wrong.\n"
		"No call has failed so far, and the program does not know yet.\n");
	return ui_pause();
}

/* Of all that a task remembers of its children: what has that pid now, if anything? */
static void tell_fates(const struct image *image, const struct tree *now)
{
	int told = 0;

	for (int id = 0; id < image->tree.n && told < 3; id++) {
		const struct task *before = &image->tree.task[id];
		int self = tree_by_name(now, before->name);

		for (int c = 0; c < image->tree.n && told < 3; c++) {
			pid_t pid = image->state[id].child[c];
			const char *holder = "nobody";

			if (!pid || self < 0)
				continue;
			for (int i = 0; i < now->n; i++)
				if (task_pid_at(&now->task[i], before->levels - 1) == pid)
					holder = now->task[i].name;
			ui_text("  %s signals %d, its %s: that is %s now\n", before->name, pid,
				image->tree.task[c].name, holder);
			told++;
		}
	}
}

static enum nav_kind show_messages(const struct image *image, const struct tree *now)
{
	struct messages sum;

	ui_screen(3, "Restart without pids: what became of the messages");
	if (lesson_messages(image, now, &sum))
		return ui_failed("the application's messages cannot be read");
	ui_print(COLOUR_BAD, "%u signals went nowhere, and %u reached a stranger.\n", sum.lost, sum.strange);
	if (!sum.lost && !sum.strange)
		return ui_failed("the application works, without its pids");
	ui_text("\n");
	tell_fates(image, now);
	ui_text("\n"
		"LOST it could notice, if it looked at kill()'s result.  STRANGE it cannot: that\n"
		"call succeeded.  A SIGTERM there would have ended the wrong process.\n");
	return ui_pause();
}

static enum nav_kind show(const struct image *image, const struct tree *now)
{
	enum nav_kind nav = show_table(image, now);

	return nav ? nav : show_messages(image, now);
}

static enum nav_kind lead(const struct image *image)
{
	enum nav_kind nav = predict(image);

	return nav ? nav : lesson_restart(image, RESTART_CLONE, show);
}

enum nav_kind chapter3(void)
{
	return lesson_with_image(lead);
}
