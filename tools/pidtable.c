// SPDX-License-Identifier: GPL-2.0
/* pidtable - the pids of tasks in every pid namespace */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/boxes.h"
#include "lib/report.h"
#include "lib/table.h"
#include "lib/tree.h"

#define DEFAULT_COLUMNS "state,ppid,pgid,sid,pidns"
#define SCREEN_WIDTH 80

static const char help[] =
	"Usage: pidtable [-tu] [-b | -c COLUMNS] [PID]\n"
	"Print the pid table of all tasks, or of the tree below PID.  Each row is a\n"
	"task, with its pid at each level of pid namespaces.  L0 is the oldest level\n"
	"that /proc shows; `-' means that the task is not visible there.\n"
	"\n"
	"  -t, --threads          include each thread, not only thread group leaders\n"
	"  -u, --user             leave out the kernel's own threads\n"
	"  -b, --boxes            draw the pid namespaces as boxes inside each other\n"
	"  -c, --columns=LIST     what follows the pids: names with commas, `all' or\n"
	"                         `none' (" DEFAULT_COLUMNS "; pidns if it fits)\n"
	"  -h, --help             print this text\n"
	"\n"
	"Columns:\n";

static void print_help(void)
{
	fputs(help, stdout);
	table_columns_help(stdout);
	fputs("\nExit status: 0; 1 if there is no task PID; 2 for a wrong command line.\n", stdout);
}

static unsigned int parse_columns(const char *list)
{
	int set = table_columns(strcmp(list, "none") ? list : "");

	if (set < 0)
		die_usage("--columns: `%s' names an unknown column", list);
	return set;
}

/* With many levels a row would wrap on the screen, so show fewer columns.  -c overrides this. */
static unsigned int default_columns(const struct tree *tree)
{
	unsigned int columns = parse_columns(DEFAULT_COLUMNS);

	return table_width(tree, columns) > SCREEN_WIDTH ? columns & ~COLUMN_PIDNS : columns;
}

/* A /proc stays mounted after its pid namespace has ended, and then shows no tasks at all: say so. */
static void report_unreadable(pid_t root)
{
	if (root && errno == ESRCH)
		report(0, "there is no task with pid %d", root);
	else if (errno == ENOENT && !access("/proc/filesystems", F_OK))
		report(0, "read /proc: it belongs to a pid namespace that has ended; mount -t proc proc /proc shows ours");
	else
		report(errno, "read /proc");
}

/* What the command line asks for. */
struct request {
	bool threads, user, boxes, columns_given;
	unsigned int columns;
	pid_t root;		/* 0: all tasks */
	char what[64];		/* in the title */
};

/* Read the command line; ends the program for --help, or if something is wrong with it. */
static void parse(int argc, char **argv, struct request *r)
{
	static const struct option options[] = {
		{ "threads", no_argument, NULL, 't' },
		{ "user", no_argument, NULL, 'u' },
		{ "boxes", no_argument, NULL, 'b' },
		{ "columns", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	int c;

	while ((c = getopt_long(argc, argv, "tubc:h", options, NULL)) != -1) {
		switch (c) {
		case 't':
			r->threads = true;
			break;
		case 'u':
			r->user = true;
			break;
		case 'b':
			r->boxes = true;
			break;
		case 'c':
			r->columns = parse_columns(optarg);
			r->columns_given = true;
			break;
		case 'h':
			print_help();
			exit(finish(EXIT_OK));
		default:
			die_usage("bad option");
		}
	}
	if (r->boxes && r->columns_given)
		die_usage("--boxes and --columns: a box has no columns");
	if (optind + 1 < argc)
		die_usage("`%s': one PID at most", argv[optind + 1]);
	if (optind < argc) {
		r->root = parse_number("PID", argv[optind], 1, INT_MAX);
		snprintf(r->what, sizeof(r->what), "the tree below pid %d", r->root);
	}
}

static void print(const struct request *r, struct tree *tree)
{
	if (r->boxes) {
		printf("pid namespaces: %s\n", r->what);
		if (boxes_print(stdout, tree))
			die("draw the boxes");
		return;
	}
	for (int i = 0; i < tree->n; i++)
		task_read_namespaces(&tree->task[i]);
	table_print(stdout, r->what, tree, r->columns_given ? r->columns : default_columns(tree));
}

int main(int argc, char **argv)
{
	struct request r = { .what = "all tasks" };
	struct tree tree;

	report_program(argv[0]);
	parse(argc, argv, &r);
	if (tree_read(&tree, r.root, r.threads)) {
		report_unreadable(r.root);
		return EXIT_FAILED;
	}
	if (r.user)
		tree_drop_kthreads(&tree);
	print(&r, &tree);
	tree_free(&tree);
	return finish(EXIT_OK);
}
