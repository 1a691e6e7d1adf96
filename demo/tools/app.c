// SPDX-License-Identifier: GPL-2.0
/* app - start the application, and leave it running */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "app.h"
#include "report.h"
#include "spawn.h"

static const char help[] =
	"Usage: app [--help]\n"
	"Start the application: nine tasks in three nested containers, which remember\n"
	"each other's pids, send messages to them and count.  It runs on in the\n"
	"background.\n"
	"\n"
	"Prints the pid of its first task.  Look at it with `pidtable PID', record it\n"
	"with `checkpoint PID', end it with `kill -9 PID'.\n";

int main(int argc, char **argv)
{
	static const struct option options[] = { { "help", no_argument, NULL, 'h' }, { 0 } };
	pid_t pid;
	int c;

	report_program(argv[0]);
	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (c != 'h')
			die_usage("bad option");
		fputs(help, stdout);
		return finish(EXIT_OK);
	}
	if (optind < argc)
		die_usage("`%s': no argument is expected", argv[optind]);

	pid = app_start(false);
	if (pid < 0)
		return EXIT_FAILED;
	printf("%d\n", pid);
	/* Nobody could find an application of which the pid was not told. */
	if (finish(EXIT_OK) != EXIT_OK) {
		kill_tree(pid);
		return EXIT_FAILED;
	}
	return EXIT_OK;
}
