// SPDX-License-Identifier: GPL-2.0
/* Restart with clone_with_pids(): every pid, at every level. */
#include "lesson.h"
#include "table.h"

static enum nav_kind predict(const struct image *image)
{
	const struct task *leaf = &image->tree.task[image->tree.n - 1];

	ui_screen(4, "Restart with clone_with_pids()");
	ui_text("The same image, the same order, the same code.  Only the call is another:\n\n");
	ui_print(COLOUR_CALL,
		 "    pid_t pids[] = { %d, %d, %d, %d };        /* oldest namespace first */\n"
		 "    struct clone_with_pids_args args = { .nr_pids = 4 };\n"
		 "\n"
		 "    clone_with_pids(SIGCHLD, &args, sizeof(args), pids);\n",
		 leaf->pid[0], leaf->pid[1], leaf->pid[2], leaf->pid[3]);
	ui_text("\n"
		"That is how inner-init creates the leaf: one call, one pid for each of the four\n"
		"namespaces that the leaf is visible in.  For a new container's init the list\n"
		"names the namespaces that exist already; in the new one it is 1 anyway.\n"
		"\n"
		"If one of the pids is taken, in any namespace, the call is refused, and no pid\n"
		"is taken anywhere.\n"
		"\n"
		"Before the tree is let go, what the kernel reports is compared with the image.\n\n");
	return ui_predict("how many of the pids will be what they were?\n"
			  "From which number will the counters go on?\n");
}

static enum nav_kind show_table(const struct image *image, const struct tree *now)
{
	struct comparison c = tree_compare(&image->tree, 0, now);

	ui_screen(4, "Restart with clone_with_pids(): the table");
	table_print(ui_out(), "after restart", now, 0);
	if (!comparison_equal(&c))
		return ui_failed("%d of %d pids, %d of %d relations are equal", c.pids_equal, c.pids,
				 c.relations_equal, c.relations);
	ui_print(COLOUR_GOOD, "compared with the image: %d tasks, %d of %d pids equal, at every level\n",
		 c.tasks, c.pids_equal, c.pids);
	ui_text("parents, process groups and sessions: %d of %d equal\n"
		"\n"
		"New tasks, new namespaces, and every number where it was: in the containers\n"
		"and on the machine.\n", c.relations_equal, c.relations);
	return ui_pause();
}

static enum nav_kind show_messages(const struct image *image, const struct tree *now)
{
	struct messages sum;

	ui_screen(4, "Restart with clone_with_pids(): the application goes on");
	if (lesson_messages(image, now, &sum))
		return ui_failed("the application's messages cannot be read");
	if (sum.lost || sum.strange)
		return ui_failed("%u signals were lost, %u reached a stranger", sum.lost, sum.strange);
	if (!sum.answered || !sum.heard)
		return ui_failed("no message arrived");
	ui_print(COLOUR_GOOD, "%u messages arrived, %u answers came back; none lost, none strange.\n",
		 sum.heard, sum.answered);
	ui_text("\n"
		"Each counter went on from the number that was recorded, and the numbers that\n"
		"each task remembers mean what they meant.  The application does not know that\n"
		"it was dead.\n");
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

	return nav ? nav : lesson_restart(image, RESTART_CLONE_WITH_PIDS, show);
}

enum nav_kind chapter4(void)
{
	return lesson_with_image(lead);
}
