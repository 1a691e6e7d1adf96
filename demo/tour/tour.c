// SPDX-License-Identifier: GPL-2.0
/*
 * tour - the demonstration, in chapters
 *
 * PID 1 runs it in the guided and the auto mode; a person can run it from the shell.  In auto mode it writes the reason
 * of a failure to file descriptor 3, for PID 1 to report.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lesson.h"
#include "lib/report.h"

#define REASON_FD 3

static const struct {
	const char *title;
	chapter *run;
} chapters[] = {
	{ "One task, many pids",            chapter1 },
	{ "Checkpoint",                     chapter2 },
	{ "Restart without pids",           chapter3 },
	{ "Restart with clone_with_pids()", chapter4 },
	{ "One namespace deeper",           chapter5 },
	{ "Why CRIU says no",               chapter6 },
	{ "What the kernel refuses",        chapter7 },
	{ "Then and now: clone3(set_tid)",  chapter8 },
};
#define LAST ((int)(sizeof(chapters) / sizeof(*chapters)))

static const char help[] =
	"Usage: tour [CHAPTER]\n"
	"       tour auto\n"
	"Run the guided tour from the start or from CHAPTER on; or, with `auto', run all\n"
	"chapters without stopping, and exit with status 0 only if each one held.\n"
	"\nChapters:\n";

static enum nav_kind welcome(void)
{
	ui_screen(0, "clone_with_pids(): a restarted container needs its old pids");
	ui_text("Programs remember each other by pid.  So a checkpointed container works again\n"
		"only if each task gets its old pids back, in every pid namespace at once.  This\n"
		"Linux has the system call that was proposed for that in 2009.\n\n");
	for (int i = 0; i < LAST; i++)
		ui_text("    %d  %s\n", i + 1, chapters[i].title);
	ui_text("\n"
		"Everything on the screens happens on this machine while you watch.  The\n"
		"chapters lead from the problem to the solution; each also works on its own.\n"
		"\n"
		"On any screen, `s' opens a shell.  A tree that the screen shows running is\n"
		"alive then: `pidtable -u' shows it.  `help' in the shell lists the tools.\n");
	return ui_pause();
}

static enum nav_kind the_end(void)
{
	int all, right = predict_right(&all);

	ui_screen(0, "The end of the tour");
	ui_text("The kernel reported all that you saw: whole trees died and came back, and every\n"
		"comparison used the kernel's answers.\n"
		"\n"
		"From here:\n"
		"\n"
		"    s    a shell.  Try, for instance:\n"
		"             app                   (it prints a pid)\n"
		"             pidtable PID\n"
		"             checkpoint PID\n"
		"             restart\n"
		"             cwp -n cwp -p 300,7 sleep 99 &\n"
		"             pidtable -u -c none\n"
		"    1-%d  a chapter once more\n"
		"    q    leave\n", LAST);
	if (all)
		ui_text("\nYou made %d prediction%s; %d came true.\n", all, all == 1 ? "" : "s", right);
	return ui_pause();
}

static enum nav_kind run_screen(int place)
{
	ui_chapter(place, place > 0 && place <= LAST ? chapters[place - 1].title : "");
	if (place == 0)
		return welcome();
	if (place > LAST)
		return the_end();
	return chapters[place - 1].run();
}

/* Print text of any length, folded: a screen that does not fit would be another failure. */
static void print_folded(enum colour colour, const char *text)
{
	for (size_t len = strlen(text); len; len = strlen(text)) {
		int n = len < 78 ? len : 78;

		ui_print(colour, "%.*s\n", n, text);
		text += n;
	}
}

static enum nav_kind show_failure(int place)
{
	ui_screen(place, "This chapter did not work");
	print_folded(COLOUR_BAD, ui_failure());
	if (report_last()[0]) {
		ui_text("\nThe last error was:\n");
		print_folded(COLOUR_NONE, report_last());
	}
	ui_text("\n`r' tries again, with new tasks.\n");
	return ui_pause();
}

/* Run the chapters from `place' on, wherever the viewer goes: 0 is the welcome, LAST + 1 the end. */
static void guide(int place)
{
	for (;;) {
		enum nav_kind nav = run_screen(place);

		if (nav == NAV_FAILED)
			nav = show_failure(place);
		switch (nav) {
		case NAV_ON:
			if (place <= LAST)
				place++;
			break;
		case NAV_BACK:
			if (place > 0)
				place--;
			break;
		case NAV_JUMP:
			place = ui_jump_target();
			break;
		case NAV_REPEAT:
			break;
		case NAV_LEAVE:
		case NAV_FAILED:
			return;
		}
	}
}

static int run_all(void)
{
	for (int place = 1; place <= LAST; place++) {
		if (run_screen(place) == NAV_ON)
			continue;
		fflush(stdout);
		dprintf(REASON_FD, "chapter %d: %s\n", place, ui_failure());
		report(0, "chapter %d: %s", place, ui_failure());
		return EXIT_FAILED;
	}
	return EXIT_OK;
}

static void print_help(void)
{
	fputs(help, stdout);
	for (int i = 0; i < LAST; i++)
		printf("  %d  %s\n", i + 1, chapters[i].title);
}

int main(int argc, char **argv)
{
	int place = 0;

	report_program(argv[0]);
	fcntl(REASON_FD, F_SETFD, FD_CLOEXEC);
	if (argc > 2)
		die_usage("`%s': one argument at most", argv[2]);
	if (argc == 2 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
		print_help();
		return EXIT_OK;
	}
	if (argc == 2 && !strcmp(argv[1], "auto")) {
		ui_start(false, LAST);
		return run_all();
	}
	if (argc == 2)
		place = parse_number("CHAPTER", argv[1], 1, LAST);
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		die_usage("the guided tour needs a terminal");

	/* ^C is for the programs in the shell; the tour has q. */
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	signal(SIGTSTP, SIG_IGN);
	signal(SIGTTOU, SIG_IGN);
	ui_start(true, LAST);
	guide(place);
	printf("\033[H\033[2J");
	return EXIT_OK;
}
