// SPDX-License-Identifier: GPL-2.0
/*
 * Why CRIU says no: what is lost when one number is kept for each task.
 *
 * The statements about CRIU describe its source: struct pid in criu/include/pid.h has one number for the image, which
 * the task itself reports; generate_ns_id() in criu/namespaces.c refuses a second pid namespace in the tree;
 * clone3_with_pid_noasan() in criu/clone-noasan.c passes a set_tid of one number.
 */
#include <stdio.h>
#include <string.h>

#include "lesson.h"
#include "lib/table.h"

static enum nav_kind explain(void)
{
	ui_screen(6, "Why CRIU says no");
	ui_text("CRIU checkpoints and restarts containers on Linux, for Docker, Podman and\n"
		"others.  For our tree, `criu dump' would print, naming a task of container 2:\n\n");
	ui_print(COLOUR_CALL, "    Can't dump nested pid namespace for ...\n");
	ui_text("\n"
		"That is a choice, and CRIU refuses before it harms anything.  It supports what\n"
		"most containers are: a tree in a single pid namespace.  There, one number\n"
		"identifies a task: its youngest pid, the one that the task itself knows.  CRIU\n"
		"records that pid, and restarts each task by clone3() with one entry in set_tid.\n"
		"(Mount and network namespaces may be nested.)\n"
		"\n"
		"A container inside the container is a second pid namespace in the tree.  CRIU\n"
		"finds it and refuses, because one number for each task cannot restore such a\n"
		"tree.  Virtuozzo's variant of CRIU supports nested pid namespaces; for CRIU\n"
		"itself, users have asked for them, and patches have been proposed.\n"
		"\n"
		"Next: what an image with one number for each task would lose of our tree.\n");
	return ui_pause();
}

static pid_t youngest(const struct task *t)
{
	return t->pid[t->levels - 1];
}

/* Print the other tasks whose youngest pid is the same number.  Returns how many there are. */
static int print_namesakes(const struct tree *tree, int index)
{
	int n = 0;

	for (int i = 0; i < tree->n; i++) {
		if (i == index || youngest(&tree->task[i]) != youngest(&tree->task[index]))
			continue;
		ui_text("%s%s", n ? ", " : "   also ", tree->task[i].name);
		n++;
	}
	return n;
}

static enum nav_kind show_numbers(const struct lesson *lesson)
{
	const struct tree *tree = &lesson->before;
	int pids = 0, ambiguous = 0;

	ui_screen(6, "Why CRIU says no: one number for each task");
	ui_text("%-14s%22s%s\n", "NAME", "all its pids", "   only the youngest");
	for (int i = 0; i < tree->n; i++) {
		const struct task *t = &tree->task[i];
		char list[64] = "";

		for (int level = 0, used = 0; level < t->levels; level++)
			used += snprintf(list + used, sizeof(list) - used, " %d", t->pid[level]);
		ui_text("%-14s%22s   %5d", t->name, list, youngest(t));
		ambiguous += print_namesakes(tree, i) > 0;
		ui_text("\n");
		pids += t->levels;
	}
	ui_text("\nOf %d pids, %d are kept; %d tasks share their number with another task, in\n"
		"another namespace: which task is 1?\n", pids, tree->n, ambiguous);
	if (!ambiguous)
		return ui_failed("no two tasks have the same youngest pid");
	ui_text("The oldest pid, in place of the youngest, would be unique.  But no task in a\n"
		"container knows another by its oldest pid: every $! would be wrong.\n");
	return ui_pause();
}

/* Would the number by which `whose' knows another task be the one that is kept for that task? */
static bool is_kept(const struct tree *tree, const struct task *whose, const struct known *k, bool of_youngest)
{
	int i = tree_by_name(tree, k->name);
	int level = whose->levels - 1;

	if (i < 0)
		return false;
	return of_youngest ? level == tree->task[i].levels - 1 : !level;
}

/* Print the numbers that a task remembers, and count those that would be in each of the two images. */
static int print_remembered(const struct lesson *lesson, int index, int kept[2])
{
	const struct task *t = &lesson->before.task[index];
	int n = 0;

	for (int k = 0; k < lesson->logs[index].n_known; k++) {
		const struct known *known = &lesson->logs[index].known[k];
		bool young = is_kept(&lesson->before, t, known, true), old = is_kept(&lesson->before, t, known, false);

		if (!strcmp(known->name, "parent"))
			continue;
		ui_text("%-14s%-11s%7d    %16s%16s\n", t->name, known->name, known->pid,
			young ? "kept" : "LOST", old ? "kept" : "LOST");
		kept[0] += young;
		kept[1] += old;
		n++;
	}
	return n;
}

/* The answers to the question, as what_came() tells them apart. */
enum { NOBODYS, SUPERVISORS, EVERYBODYS };

/* How many numbers in use are not the youngest pid of the task that is meant. */
static int lost;

static enum nav_kind show_remembered(const struct lesson *lesson)
{
	static const char *const choices[CHOICES] = {
		[NOBODYS] = "nobody's", [SUPERVISORS] = "those of run-middle and run-inner", [EVERYBODYS] = "everybody's",
	};
	int n = 0, kept[2] = { 0, 0 };

	ui_screen(6, "Why CRIU says no: the pids in use");
	ui_text("Which pids each program remembers, according to its log; and whether the image\n"
		"would have them:\n\n");
	ui_text("%-14s%-22s%16s%16s\n", "", "remembers", "if the youngest", "if the oldest");
	for (int i = 0; i < lesson->before.n; i++)
		n += print_remembered(lesson, i, kept);
	lost = n - kept[0];
	if (!lost)
		return ui_failed("all of %d remembered numbers are the youngest", n);
	ui_text("\nAn image of youngest pids keeps %d of %d; one of oldest pids keeps %d.\n\n", kept[0], n, kept[1]);
	ui_text("Next, restart uses the youngest pids alone: one pid in the list for each task,\n"
		"and none for an init, whose youngest pid is always 1.\n\n");
	return ui_predict("whose signals will go astray?", choices);
}

static enum nav_kind show_table(const struct lesson *lesson, const struct tree *now)
{
	struct comparison c = tree_compare(&lesson->before, 0, now);
	int equal = 0;

	for (int i = 0; i < lesson->before.n; i++) {
		int match = tree_match(&lesson->before, i, now);

		equal += match >= 0 && youngest(&lesson->before.task[i]) == youngest(&now->task[match]);
	}
	ui_text("\n");
	table_compare_print(ui_out(), &lesson->before, now);
	ui_text("%d of %d tasks have their old youngest pid; of all pids, %d of %d are the same.\n",
		equal, lesson->before.n, c.pids_equal, c.pids);
	if (equal != lesson->before.n)
		return ui_failed("only %d of %d tasks have their youngest pid", equal, lesson->before.n);
	if (comparison_equal(&c))
		return ui_failed("one number for each task was enough");
	ui_text("Seen from inside, each container is right.  The pids by which the level above\n"
		"knows its tasks are wrong: the columns between the first and the last.\n");
	return ui_pause();
}

/* Whose signals go astray, of those who remember anybody?  -1: those of others than the question names. */
static int what_came(const struct lesson *lesson, const struct tree *now)
{
	int senders = 0, astray = 0, supervisors = 0;

	for (int i = 0; i < lesson->before.n; i++) {
		int count[FATES];
		bool wrong;

		lesson_count_fates(lesson, i, now, count);
		wrong = count[FATE_NOBODY] + count[FATE_STRANGER];
		senders += wrong || count[FATE_RIGHT];
		astray += wrong;
		supervisors += wrong && !strncmp(lesson->before.task[i].name, "run-", 4);
	}
	if (!astray)
		return NOBODYS;
	return astray == senders ? EVERYBODYS : astray == supervisors ? SUPERVISORS : -1;
}

static enum nav_kind after(const struct lesson *lesson, const struct tree *first, const struct tree *now)
{
	int came = what_came(lesson, first);
	struct sums sum;

	ui_screen(6, "Why CRIU says no: where the signals went");
	if (lesson_print_logs(&lesson->before, lesson->logs, now, &sum) || lesson_report_signals(&lesson->before, first))
		return NAV_FAILED;
	if (came < 0)
		return ui_failed("other signals go astray than those of run-middle and run-inner");
	if (lesson_print_fates(lesson, first, 4) != lost)
		return ui_failed("the numbers that are wrong now are not the %d that were lost", lost);
	ui_reveal(came);
	ui_text("A script's own child answers: $! is a youngest pid.  But run-middle and\n"
		"run-inner look after a container from outside, as a container runtime does.\n"
		"They know its init by a pid in between, and those pids are lost.\n");
	return ui_pause();
}

static enum nav_kind lead(const struct lesson *lesson)
{
	static const struct showing showing = {
		.chapter = 6, .title = "Why CRIU says no: restarted with one number for each task",
		.option = "--pids=youngest", .look_first = true, .table = show_table, .after = after,
	};
	enum nav_kind nav = explain();

	if (!nav)
		nav = show_numbers(lesson);
	if (!nav)
		nav = show_remembered(lesson);
	return nav ? nav : lesson_restart(lesson, &showing);
}

enum nav_kind chapter6(void)
{
	return lesson_with_image(lead);
}
