// SPDX-License-Identifier: GPL-2.0
/* restart - bring a recorded tree of the application back */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "restart.h"
#include "spawn.h"

#define DEFAULT_FILE "checkpoint.img"

static const char help[] =
	"Usage: restart [-i FILE] [--pids=all|known|none] [--clone3]\n"
	"Build the tree that `checkpoint' recorded again, and let it go on in the\n"
	"background.\n"
	"\n"
	"  -i, --input=FILE       the image (default: " DEFAULT_FILE ")\n"
	"  -p, --pids=all         each task gets all the pids that it had (default)\n"
	"      --pids=known       but for those at the oldest recorded level\n"
	"      --pids=none        plain clone(): the kernel chooses them all\n"
	"  -3, --clone3           with mainline's clone3(set_tid), not clone_with_pids()\n"
	"  -h, --help             this text\n"
	"\n"
	"In a container that is nested deeper than the recorded one, the levels that are\n"
	"not known are left to the kernel.\n"
	"\n"
	"Prints the pid of the first task.  Exit status: 0 when the tree is back and what\n"
	"the kernel reports of it agrees with the image (with --pids=none: when it is\n"
	"built), 1 when not (nothing is left of it then), 2 for a wrong command line.\n";

static void parse_pids(const char *arg, struct restart_options *o)
{
	if (!strcmp(arg, "all"))
		o->free_oldest = false;
	else if (!strcmp(arg, "known"))
		o->free_oldest = true;
	else if (!strcmp(arg, "none"))
		o->method = RESTART_CLONE;
	else
		die_usage("--pids: `%s' is none of all, known, none", arg);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "input", required_argument, NULL, 'i' },
		{ "pids", required_argument, NULL, 'p' },
		{ "clone3", no_argument, NULL, '3' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	struct restart_options how = { .method = RESTART_CLONE_WITH_PIDS };
	const char *path = DEFAULT_FILE;
	bool clone3 = false;
	struct image image;
	pid_t root;
	int c;

	report_program(argv[0]);
	while ((c = getopt_long(argc, argv, "i:p:3h", options, NULL)) != -1) {
		switch (c) {
		case 'i':
			path = optarg;
			break;
		case 'p':
			parse_pids(optarg, &how);
			break;
		case '3':
			clone3 = true;
			break;
		case 'h':
			fputs(help, stdout);
			return finish(EXIT_OK);
		default:
			die_usage("bad option");
		}
	}
	if (optind < argc)
		die_usage("`%s': no argument is expected", argv[optind]);
	if (clone3 && how.method == RESTART_CLONE)
		die_usage("--clone3 and --pids=none: with no pids there is nothing for it to choose");
	if (clone3)
		how.method = RESTART_CLONE3;

	if (image_read(&image, path))
		return EXIT_FAILED;
	root = restart(&image, &how);
	image_free(&image);
	if (root < 0)
		return EXIT_FAILED;
	printf("%d\n", root);
	if (finish(EXIT_OK) != EXIT_OK) {
		kill_tree(root);
		return EXIT_FAILED;
	}
	return EXIT_OK;
}
