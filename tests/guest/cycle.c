// SPDX-License-Identifier: GPL-2.0
/*
 * The whole cycle: the application is started, recorded and killed, and brought back by `restart' in each of the ways
 * that it knows, in the same place or in a container one level deeper.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "application.h"
#include "calls.h"

/* Twice around: what was brought back is recorded and brought back again. */
struct same_row {
	const char *name;
	const char *option;
};

static const struct same_row same_rows[] = {
	{ "all pids by default", NULL },
	{ "--pids=all", "--pids=all" },
	{ "--clone3", "--clone3" },
};

static void run_same(const void *row)
{
	const struct same_row *r = row;
	struct tasks before;
	char *table, *again;
	struct image image;
	pid_t root;

	use_tools();
	list_tasks(&before);
	root = start_application();
	table = pidtable_of(root);
	for (int round = 0; round < 2; round++) {
		record_application(root, &image);
		same_tasks(&before, "checkpoint");
		folder_holds(".", IMAGE);
		expect(said_number(TOOL("restart", "-i", IMAGE, r->option)), root, "the first task's pid");
		again = pidtable_of(root);
		if (strcmp(table, again))
			fail("the tables differ: `%.200s'... and now `%.200s'...", table, again);
		free(again);
		goes_on(root, &image);
		image_free(&image);
	}
	end_application(root);
	same_tasks(&before, "the application's end");
}

/* Plain clone(): nothing is as it was, and it shows. */
static void no_pids(void)
{
	struct tasks before;
	struct image image;
	char *table, *again;
	pid_t root;

	use_tools();
	list_tasks(&before);
	root = start_application();
	table = pidtable_of(root);
	record_application(root, &image);
	root = said_number(TOOL("restart", "-i", IMAGE, "--pids=none"));
	again = pidtable_of(root);
	if (!strcmp(strchr(table, '\n'), strchr(again, '\n')))
		fail("with no pids chosen the table is the same");
	goes_astray(root, &image);
	end_application(root);
	same_tasks(&before, "the application's end");
}

/* The pids of the oldest level are in the way of nobody: they may even be taken. */
static void known_pids(const char *option)
{
	struct image image;
	struct held other[2];
	pid_t root;

	use_tools();
	recorded_application(&image);
	other[0] = hold(0, LIST(image.tree.task[0].pid[0]));
	other[1] = hold(0, LIST(image.tree.task[5].pid[0]));
	root = said_number(TOOL("restart", "-i", IMAGE, "--pids=known", option));
	same_pids(&image, 1, root, 0);
	goes_on(root, &image);
	end_application(root);
	release(&other[0]);
	release(&other[1]);
}

static void known(void)
{
	known_pids(NULL);
}

static void known_clone3(void)
{
	known_pids("--clone3");
}

/* `cwp -n sh' is the container; its shell says the pid, as it sees it, and waits. */
static void one_deeper(const char *command, int first_level)
{
	struct tasks before;
	struct image image;
	struct running shell;
	char line[80];
	struct tree all;

	use_tools();
	list_tasks(&before);
	recorded_application(&image);
	shell = START("cwp", "-n", "sh", "-c", command);
	read_line(&shell, line, sizeof(line));
	if (first_level == 0)
		expect(atoi(line), image.tree.task[0].pid[0], "the first task's pid in the container");
	if (tree_read(&all, 0, false))
		broken("read the tree of all");
	if (tree_by_name(&all, "outer-init") < 0)
		fail("there is no application");
	same_pids(&image, first_level, all.task[tree_by_name(&all, "outer-init")].pid[0], 1);
	goes_on(all.task[tree_by_name(&all, "outer-init")].pid[0], &image);
	expect(finish_tool(&shell), 0, "the exit status of the container's shell");
	same_tasks(&before, "the container's end");
}

static void deeper(void)
{
	one_deeper("restart -i " IMAGE " && read x; exit 0", 0);
}

static void deeper_clone3(void)
{
	one_deeper("restart --clone3 -i " IMAGE " && read x; exit 0", 0);
}

static void deeper_known(void)
{
	one_deeper("restart --pids=known -i " IMAGE " && read x; exit 0", 1);
}

/* All tools work in a container, too; and the image goes back out. */
static void from_inside(void)
{
	struct image image;
	pid_t root;

	use_tools();
	succeeded(TOOL("cwp", "-n", "sh", "-c",
		       "root=$(app) && pidtable -c none $root >before && checkpoint -o " IMAGE " $root >said && "
		       "[ $(restart -i " IMAGE ") = $root ] && pidtable -c none $root >after && "
		       "cmp before after && checkpoint -o " IMAGE " $root >said"));
	read_image(&image, IMAGE);
	expect(image.tree.levels, 4, "levels in the image");
	root = said_number(TOOL("restart", "-i", IMAGE, "--pids=known"));
	same_pids(&image, 1, root, 0);
	goes_on(root, &image);
	end_application(root);
}

/* With --leave-running it is recorded and does not notice. */
static void leave_running(void)
{
	struct tasks before;
	struct image image;
	char *table, *again;
	pid_t root;

	use_tools();
	root = start_application();
	table = pidtable_of(root);
	list_tasks(&before);
	for (int round = 0; round < 5; round++) {
		succeeded(TOOL("checkpoint", "--leave-running", "-o", IMAGE, number(root)));
		same_tasks(&before, "checkpoint --leave-running");
		read_image(&image, IMAGE);
		same_pids(&image, 0, root, 0);
		goes_on(root, &image);
		image_free(&image);
	}
	again = pidtable_of(root);
	if (strcmp(table, again))
		fail("the tables differ");
	/* And from here it can be killed, and brought back to where it was. */
	end_application(root);
	read_image(&image, IMAGE);
	expect(said_number(TOOL("restart", "-i", IMAGE)), root, "the first task's pid");
	goes_on(root, &image);
	end_application(root);
}

/* Neither tool need be told a file. */
static void default_file(void)
{
	pid_t root;

	use_tools();
	root = start_application();
	succeeded(TOOL("checkpoint", number(root)));
	folder_holds(".", "checkpoint.img");
	expect(said_number(TOOL("restart")), root, "the first task's pid");
	end_application(root);
}

/* An image of before is replaced, and only at once. */
static void replaces(void)
{
	struct image image;

	use_tools();
	write_file(IMAGE, "old", 3);
	recorded_application(&image);
	folder_holds(".", IMAGE);
}

/* --show prints the table and, to the letter, the image. */
static void show(void)
{
	static char text[IMAGE_SIZE_MAX];
	struct image image;
	const struct said *s;

	use_tools();
	recorded_application(&image);
	read_file(IMAGE, text, sizeof(text));
	s = succeeded(TOOL("checkpoint", "--show", IMAGE));
	if (strncmp(s->out, "pid table: ", 11))
		fail("it does not begin with a table");
	if (strlen(s->out) < strlen(text) || strcmp(s->out + strlen(s->out) - strlen(text), text))
		fail("it does not end with the image");
	complained(TOOL("checkpoint", "--show", "nothing"), 1, "nothing");
}

/* Whoever reads what a tool says must not wait for as long as the application lives. */
static void gives_files_up(void)
{
	struct running app;
	char line[32], c;
	pid_t root;

	use_tools();
	app = START("app");
	read_line(&app, line, sizeof(line));
	root = atoi(line);
	expect(read(app.out, &c, 1), 0, "bytes that follow the pid");
	expect(finish_tool(&app), 0, "the exit status");
	succeeded(TOOL("checkpoint", "-o", IMAGE, number(root)));
	app = START("restart", "-i", IMAGE);
	read_line(&app, line, sizeof(line));
	expect(atoi(line), root, "the first task's pid");
	expect(read(app.out, &c, 1), 0, "bytes that follow the pid");
	expect(finish_tool(&app), 0, "the exit status");
	end_application(root);
}

/* The application is the one that is described: names and relations. */
static void as_described(void)
{
	struct tree tree;
	pid_t root;

	use_tools();
	root = start_application();
	read_application(&tree, root);
	for (int id = 0; id < app_n_tasks; id++) {
		const struct app_task *want = &app_tasks[id];
		int at = tree_by_name(&tree, want->name);
		const struct task *t = &tree.task[at], *parent;

		if (at < 0)
			fail("there is no task %s", want->name);
		expect(t->sid == t->pid[0], want->new_session, "%s leads a session", want->name);
		expect(t->pgid == t->pid[0], want->new_session || want->new_group, "%s leads a group", want->name);
		if (want->parent < 0)
			continue;
		parent = &tree.task[t->parent];
		if (strcmp(parent->name, app_tasks[want->parent].name))
			fail("the parent of %s is %s", want->name, parent->name);
		expect(t->levels, parent->levels + want->new_pid_ns, "levels of %s", want->name);
	}
	expect(tree.levels, 4, "levels");
	end_application(root);
}

static const struct function_row functions[] = {
	{ "the application is as described", as_described },
	{ "--pids=none", no_pids },
	{ "--pids=known, pids taken", known },
	{ "--pids=known --clone3, pids taken", known_clone3 },
	{ "a level deeper", deeper },
	{ "a level deeper, --clone3", deeper_clone3 },
	{ "a level deeper, --pids=known", deeper_known },
	{ "in a container, and back out", from_inside },
	{ "--leave-running", leave_running },
	{ "no file named", default_file },
	{ "an old image is replaced", replaces },
	{ "--show", show },
	{ "the caller's files are given up", gives_files_up },
};

static const struct group cycle_groups[] = {
	ROWS(same_rows, run_same),
	FUNCTIONS(functions),
};

SUITE(cycle);
