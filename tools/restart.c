// SPDX-License-Identifier: GPL-2.0
/* restart - bring a recorded tree of tasks back */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cr/format/file.h"
#include "lib/debug.h"
#include "lib/interrupt.h"
#include "lib/free_memory.h"
#include "lib/report.h"
#include "cr/rebuild/restart.h"
#include "lib/kill.h"

#define DEFAULT_FILE "checkpoint.img"

static const char help[] =
	"Usage: restart [-i FILE] [--pids=all|known|youngest|none] [OPTION]...\n"
	"Rebuild the tree that `checkpoint' recorded, and let it run in the background.\n"
	"\n"
	"  -i, --input=FILE       the image (default: " DEFAULT_FILE "; -: standard input)\n"
	"  -p, --pids=all         give each task all its old pids (default)\n"
	"      --pids=known       all except those at the oldest recorded level\n"
	"      --pids=youngest    only the pid in the task's own, innermost namespace\n"
	"      --pids=none        let the kernel choose every pid\n"
	"  -3, --clone3           use mainline's clone3(set_tid), not clone_with_pids()\n"
	"  -f, --foreground       give the tree the terminal, wait, return its status\n"
	"      --stdin=FILE       replace a standard stream that led outside the tree,\n"
	"      --stdout=FILE      by default with ours, but no terminal to read, and no\n"
	"      --stderr=FILE      pipe where there was none; output is appended to FILE\n"
	"  -s, --stopped          leave all tasks stopped until they get SIGCONT\n"
	"  -d, --debug            print each step and injected system call on stderr\n"
	"  -h, --help             print this text\n"
	"\n"
	"In a deeper container, the kernel chooses the pids at the levels that the image\n"
	"does not know.  restart prints the pid of the first task.\n"
	"\n"
	"Exit status: 0 when the tree is back and matches the image (with --pids=none:\n"
	"when it is built), 1 when not (nothing is left of it), 2 for a wrong command\n"
	"line.\n";

static enum restart_pids parse_pids(const char *arg)
{
	static const char *const words[] = {
		[PIDS_ALL] = "all", [PIDS_KNOWN] = "known", [PIDS_YOUNGEST] = "youngest", [PIDS_NONE] = "none",
	};

	for (int i = PIDS_ALL; i <= PIDS_NONE; i++)
		if (!strcmp(arg, words[i]))
			return i;
	die_usage("--pids: `%s' is not all, known, youngest or none", arg);
}

static int say_pid(pid_t root)
{
	printf("%d\n", root);
	return finish(EXIT_OK);
}

enum { OPTION_STDIN = 256 };	/* and stdout, stderr */

/* Read the command line.  For --help or a wrong command line, end the program. */
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
		{ "debug", no_argument, NULL, 'd' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	int c;

	while ((c = getopt_long(argc, argv, "i:p:3sfdh", options, NULL)) != -1) {
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
		case 'd':
			debugging = true;
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
		die_usage("--foreground and --stopped: a stopped tree cannot use the terminal");
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
