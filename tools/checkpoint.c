// SPDX-License-Identifier: GPL-2.0
/* checkpoint - record a tree of tasks in a file */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "cr/record/checkpoint.h"
#include "cr/format/file.h"
#include "lib/debug.h"
#include "lib/interrupt.h"
#include "lib/free_memory.h"
#include "lib/report.h"
#include "cr/format/show.h"

#define DEFAULT_FILE "checkpoint.img"

static const char help[] =
	"Usage: checkpoint [-o FILE] [--leave-running] [--debug] PID\n"
	"       checkpoint --show FILE\n"
	"Record the task PID, usually the init of a container, and all tasks below it;\n"
	"then kill them.\n"
	"\n"
	"  -o, --output=FILE      the image (default: " DEFAULT_FILE "; -: stdout)\n"
	"  -r, --leave-running    let the tree continue instead\n"
	"  -s, --show=FILE        check an image and print it (-: stdin)\n"
	"  -d, --debug            print each step and injected system call on stderr\n"
	"  -h, --help             print this text\n"
	"\n"
	"checkpoint refuses what it cannot record, and says which task and why.\n"
	"\n"
	"Exit status: 0 when the tree was recorded, 1 when not (the tree then continues\n"
	"as before), 2 for a wrong command line.\n";

static int show(const char *path)
{
	struct image image;

	if (image_load(&image, path))
		return EXIT_FAILED;
	image_show(stdout, &image);
	image_free(&image);
	return finish(EXIT_OK);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "output", required_argument, NULL, 'o' },
		{ "leave-running", no_argument, NULL, 'r' },
		{ "show", required_argument, NULL, 's' },
		{ "debug", no_argument, NULL, 'd' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	const char *path = DEFAULT_FILE, *show_path = NULL;
	bool leave_running = false;
	pid_t pid;
	int c;

	report_program(argv[0]);
	memory_go_first();
	while ((c = getopt_long(argc, argv, "o:rs:dh", options, NULL)) != -1) {
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
		case 'd':
			debugging = true;
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
	pid = parse_number("PID", argv[optind], 1, INT_MAX);
	interrupt_begin();
	return checkpoint(pid, path, leave_running) ? EXIT_FAILED : EXIT_OK;
}
