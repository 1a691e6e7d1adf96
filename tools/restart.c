// SPDX-License-Identifier: GPL-2.0
/* restart - bring a recorded tree of tasks back */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cr/format/file.h"
#include "lib/interrupt.h"
#include "lib/free_memory.h"
#include "lib/report.h"
#include "cr/rebuild/restart.h"
#include "lib/kill.h"

#define DEFAULT_FILE "checkpoint.img"

static const char help[] =
	"Usage: restart [-i FILE] [--pids=all|known|youngest|none] [--clone3] [--stopped]\n"
	"       restart ... [--foreground] [--stdin=FILE] [--stdout=FILE] [--stderr=FILE]\n"
	"Build the tree that `checkpoint' recorded again, and let it go on in the\n"
	"background.\n"
	"\n"
	"  -i, --input=FILE       the image (default: " DEFAULT_FILE "; -: standard input)\n"
	"  -p, --pids=all         each task gets all the pids that it had (default)\n"
	"      --pids=known       but for those at the oldest recorded level\n"
	"      --pids=youngest    only that in its own, the youngest pid namespace\n"
	"      --pids=none        those that the kernel chooses\n"
	"  -3, --clone3           with mainline's clone3(set_tid), not clone_with_pids()\n"
	"  -f, --foreground       it gets the terminal: wait, and return its status\n"
	"      --stdin=FILE       for a standard input, output or error from outside;\n"
	"      --stdout=FILE      else it gets ours, but no terminal to read from and\n"
	"      --stderr=FILE      no pipe if it had none; these two are appended to\n"
	"  -s, --stopped          leave it stopped, until its tasks get SIGCONT\n"
	"  -h, --help             this text\n"
	"\n"
	"In a container that is nested deeper than the recorded one, the levels that are\n"
	"not known are left to the kernel.\n"
	"\n"
	"Prints the pid of the first task.  Exit status: 0 when the tree is back and what\n"
	"the kernel reports of it agrees with the image (with --pids=none: when it is\n"
	"built), 1 when not (nothing is left of it then), 2 for a wrong command line.\n";

static enum restart_pids parse_pids(const char *arg)
{
	static const char *const words[] = {
		[PIDS_ALL] = "all", [PIDS_KNOWN] = "known", [PIDS_YOUNGEST] = "youngest", [PIDS_NONE] = "none",
	};

	for (int i = PIDS_ALL; i <= PIDS_NONE; i++)
		if (!strcmp(arg, words[i]))
			return i;
	die_usage("--pids: `%s' is none of all, known, youngest, none", arg);
}

static int say_pid(pid_t root)
{
	printf("%d\n", root);
	return finish(EXIT_OK);
}

enum { OPTION_STDIN = 256 };	/* and stdout, stderr */

/* What the command line says, or the end: --help, or what is wrong with it. */
static void parse(int argc, char **argv, struct restart_options *how, const char **path)
{
	static const struct option options[] = {
		{ "input", required_argument, NULL, 'i' },
		{ "pids", required_argument, NULL, 'p' },
		{ "clone3", no_argument, NULL, '3' },
		{ "stopped", no_argument, NULL, 's' },
		{ "foreground", no_argument, NULL, 'f' },
		{ "stdin", required_argument, NULL, OPTION_STDIN },
		{ "stdout", required_argument, NULL, OPTION_STDIN + 1 },
		{ "stderr", required_argument, NULL, OPTION_STDIN + 2 },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	int c;

	while ((c = getopt_long(argc, argv, "i:p:3sfh", options, NULL)) != -1) {
		switch (c) {
		case 'i':
			*path = optarg;
			break;
		case 'p':
			how->pids = parse_pids(optarg);
			break;
		case '3':
			how->clone3 = true;
			break;
		case 's':
			how->stopped = true;
			break;
		case 'f':
			how->foreground = true;
			how->ready = say_pid;
			break;
		case OPTION_STDIN:
		case OPTION_STDIN + 1:
		case OPTION_STDIN + 2:
			how->standard[c - OPTION_STDIN] = optarg;
			break;
		case 'h':
			fputs(help, stdout);
			exit(finish(EXIT_OK));
		default:
			die_usage("bad option");
		}
	}
	if (optind < argc)
		die_usage("`%s': no argument is expected", argv[optind]);
	if (how->clone3 && how->pids == PIDS_NONE)
		die_usage("--clone3 and --pids=none: with no pids there is nothing for it to choose");
	if (how->foreground && how->stopped)
		die_usage("--foreground and --stopped: who is stopped has no use for the terminal");
	how->image_is_stdin = !strcmp(*path, "-");
}

int main(int argc, char **argv)
{
	struct restart_options how = { .pids = PIDS_ALL };
	const char *path = DEFAULT_FILE;
	struct image image;
	pid_t root;

	report_program(argv[0]);
	parse(argc, argv, &how, &path);
	memory_go_first();
	interrupt_begin();
	if (image_load(&image, path))
		return EXIT_FAILED;
	root = restart(&image, &how);
	image_free(&image);
	if (root < 0)
		return EXIT_FAILED;
	if (how.foreground)
		return restart_foreground_wait();
	if (say_pid(root) != EXIT_OK) {
		kill_tree(root);
		return EXIT_FAILED;
	}
	return EXIT_OK;
}
