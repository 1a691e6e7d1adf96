// SPDX-License-Identifier: GPL-2.0
/* checkpoint - record a tree of the application to a file */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "checkpoint.h"
#include "report.h"
#include "table.h"

#define DEFAULT_FILE "checkpoint.img"

static const char help[] =
	"Usage: checkpoint [-o FILE] [--leave-running] PID\n"
	"       checkpoint --show FILE\n"
	"Record the tree of the application whose first task is PID, and kill it.\n"
	"\n"
	"  -o, --output=FILE      where to (default: " DEFAULT_FILE ")\n"
	"  -r, --leave-running    let the tree go on afterwards\n"
	"  -s, --show=FILE        check an image and print its pid table and contents\n"
	"  -h, --help             this text\n"
	"\n"
	"Exit status: 0 when it was recorded, 1 when not (the tree then goes on as it\n"
	"was), 2 for a wrong command line.\n";

static int show(const char *path)
{
	struct image image;
	int ret;

	if (image_read(&image, path))
		return EXIT_FAILED;
	table_print(stdout, "as recorded", &image.tree, COLUMN_PGID | COLUMN_SID);
	ret = image_print(stdout, &image);
	if (ret)
		report(errno, "print the image");
	image_free(&image);
	return ret ? EXIT_FAILED : EXIT_OK;
}

static int record(pid_t root, const char *path, bool leave_running)
{
	struct image image;

	if (checkpoint(&image, root, path, leave_running))
		return EXIT_FAILED;
	printf("checkpoint: %d tasks below pid %d recorded in `%s'%s\n", image.tree.n, root, path,
	       leave_running ? "" : ", and killed");
	image_free(&image);
	return finish(EXIT_OK);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "output", required_argument, NULL, 'o' },
		{ "leave-running", no_argument, NULL, 'r' },
		{ "show", required_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	const char *path = DEFAULT_FILE, *show_path = NULL;
	bool leave_running = false;
	int c;

	report_program(argv[0]);
	while ((c = getopt_long(argc, argv, "o:rs:h", options, NULL)) != -1) {
		switch (c) {
		case 'o':
			path = optarg;
			break;
		case 'r':
			leave_running = true;
			break;
		case 's':
			show_path = optarg;
			break;
		case 'h':
			fputs(help, stdout);
			return finish(EXIT_OK);
		default:
			die_usage("bad option");
		}
	}
	if (show_path && optind < argc)
		die_usage("`%s': --show takes no PID", argv[optind]);
	if (show_path)
		return show(show_path);
	if (optind + 1 != argc)
		die_usage("one PID is expected");
	return record(parse_number("PID", argv[optind], 1, INT_MAX), path, leave_running);
}
