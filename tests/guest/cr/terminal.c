// SPDX-License-Identifier: GPL-2.0
/*
 * A person at a terminal checkpoints and restarts what runs there.  The terminal is outside the tree.  A tree that was
 * in its foreground gets it again with restart --foreground; any other does not take it.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include "calls.h"
#include "person.h"
#include "proc.h"
#include "lib/wait.h"
#include "roundtrip.h"
#include "lib/tree.h"

#define PROMPT "ready> "

static const struct winsize size = { .ws_row = 24, .ws_col = 80 };

/* The terminal, and the shell on it. */
static int master;
static pid_t shell;

static void reads(const char *words)
{
	const char *text = person_reads(master, words);
	char shown[400];
	size_t length = text ? strlen(text) : 0;

	if (!text)
		return;
	snprintf(shown, sizeof(shown), "%s", length < sizeof(shown) ? text : text + length - sizeof(shown) + 1);
	for (char *p = shown; *p; p++)
		if ((unsigned char)*p < ' ')
			*p = *p == '\n' ? '|' : '^';
	fail("the terminal says `%s' and not `%s'", shown, words);
}

static void types(const char *keys)
{
	if (person_types(master, keys))
		broken("type");
}

/* A command, whose end says the prompt. */
static void commands(const char *line)
{
	types(line);
	types("\r");
	/* Its echo; what it says itself comes after that. */
	reads("\n");
}

static void sit_down(void)
{
	use_images();
	master = person_master();
	if (master < 0 || ioctl(master, TIOCSWINSZ, &size))
		broken("a terminal");
	shell = fork();
	if (!shell) {
		setenv("ENV", "/dev/null", 1);
		person_shell(master);
		broken("run a shell");
	}
	reads(PROMPT);
}

/* The shell ends, with all that it has started. */
static void leave(void)
{
	int status;

	types("exit 3\r");
	if (wait_bounded(shell, &status, 0, 20000) || !WIFEXITED(status) || WEXITSTATUS(status) != 3)
		fail("the shell does not end with what it was told");
	close(master);
}

/* The process of this name below the shell, as soon as there is one. */
static pid_t find(const char *name)
{
	long deadline = now_ms() + 20000;
	struct tree tree;
	pid_t pid = 0;

	while (!pid) {
		if (now_ms() > deadline)
			fail("there is no process `%s' on the terminal", name);
		if (tree_read(&tree, shell, false))
			broken("read the tree of the shell");
		for (int i = 1; i < tree.n; i++)
			if (!strcmp(tree.task[i].name, name))
				pid = tree.task[i].pid[0];
		tree_free(&tree);
		sleep_ms(1);
	}
	return pid;
}

static void await_foreground(pid_t group)
{
	long deadline = now_ms() + 20000;

	while (tcgetpgrp(master) != group) {
		if (now_ms() > deadline)
			fail("the foreground group is %d and not %d", tcgetpgrp(master), group);
		sleep_ms(1);
	}
}

static void await_end(pid_t pid)
{
	long deadline = now_ms() + 20000;

	while (!kill(pid, 0)) {
		waitpid(pid, NULL, WNOHANG);
		if (now_ms() > deadline)
			fail("pid %d does not end", pid);
		sleep_ms(1);
	}
}

/* By somebody who is not at the terminal; says what does not come back, and nothing else. */
static void checkpoint_pid(pid_t pid)
{
	remarked(TOOL("checkpoint", "-o", "image", number(pid)), "does not come back");
}

/* The tree goes on; restart says its pid before that. */
static void resume(pid_t pid)
{
	types("restart --foreground -i image\r");
	reads("image\r\n");
	reads(number(pid));
	reads("\r\n");
}

/* The shell has the terminal again, echoes and reads lines. */
static void is_usable(void)
{
	await_foreground(shell);
	commands("stty -a | grep -c ' icanon '; stty -a | grep -c ' echo '");
	reads("1\r\n1\r\n");
	reads(PROMPT);
}

/* Unsaved text. */
static void vi(void)
{
	pid_t pid;

	sit_down();
	types("vi note\r");
	reads("note");
	types("ifirst words\rsecond words\033");
	reads("second words");
	pid = find("vi");
	await_foreground(pid);
	checkpoint_pid(pid);
	reads(PROMPT);
	is_usable();
	resume(pid);
	/* It draws its screen again, with what was never saved. */
	reads("first words");
	reads("second words");
	await_foreground(pid);
	types(":wq\r");
	reads(PROMPT);
	is_usable();
	commands("echo status $?; cat note");
	reads("first words\r\nsecond words\r\n");
	reads(PROMPT);
	leave();
}

static void interactive_shell(void)
{
	pid_t pid;

	sit_down();
	types("PS1='inner> ' sh -i\r");
	reads("inner> ");
	commands("x=41");
	reads("inner> ");
	pid = find("sh");
	checkpoint_pid(pid);
	reads(PROMPT);
	is_usable();
	resume(pid);
	await_foreground(pid);
	types("echo is $((x + 1))\r");
	reads("is 42\r\ninner> ");
	types("cat\r");
	await_foreground(find("cat"));
	types("\003");
	reads("inner> ");
	types("exit 7\r");
	reads(PROMPT);
	commands("echo it ended with $?");
	reads("it ended with 7\r\n" PROMPT);
	is_usable();
	leave();
}

static void less(void)
{
	pid_t pid;

	sit_down();
	commands("for i in $(seq 100 199); do echo line $i; done >lines");
	reads(PROMPT);
	types("less lines\r");
	reads("line 122");
	pid = find("less");
	await_foreground(pid);
	checkpoint_pid(pid);
	reads(PROMPT);
	is_usable();
	resume(pid);
	await_foreground(pid);
	types(" ");
	reads("line 140");
	types("q");
	reads(PROMPT);
	is_usable();
	leave();
}

static void top(void)
{
	pid_t pid;

	sit_down();
	types("top -d 1\r");
	reads("COMMAND");
	pid = find("top");
	await_foreground(pid);
	checkpoint_pid(pid);
	reads(PROMPT);
	is_usable();
	resume(pid);
	await_foreground(pid);
	reads("COMMAND");
	types("q");
	reads(PROMPT);
	is_usable();
	leave();
}

/* What ^Z stops, the shell continues. */
static void stopped_and_continued(void)
{
	pid_t pid;

	sit_down();
	types("cat\r");
	pid = find("cat");
	await_foreground(pid);
	types("one\r");
	reads("one\r\none\r\n");
	checkpoint_pid(pid);
	reads(PROMPT);
	resume(pid);
	await_foreground(pid);
	types("two\r");
	reads("two\r\ntwo\r\n");
	types("\032");
	reads(PROMPT);
	await_foreground(shell);
	types("fg\r");
	await_foreground(pid);
	types("three\r");
	reads("three\r\nthree\r\n");
	types("\003");
	reads(PROMPT);
	commands("echo it ended with $?");
	reads("it ended with 130\r\n" PROMPT);
	leave();
}

/* Without --foreground the tree has no terminal to read from, and the restart says so. */
static void background(void)
{
	pid_t pid;

	sit_down();
	types("cat\r");
	pid = find("cat");
	await_foreground(pid);
	checkpoint_pid(pid);
	reads(PROMPT);
	types("restart -i image\r");
	reads("wants the terminal");
	reads(PROMPT);
	is_usable();
	leave();
}

/* A shell in a container, whose init it is: it would not even be stopped by reading. */
static void container_in_background(void)
{
	pid_t pid;

	sit_down();
	types("PS1='inner> ' cwp -n sh -i\r");
	reads("inner> ");
	pid = find("sh");
	checkpoint_pid(pid);
	reads(PROMPT);
	is_usable();
	types("restart -i image\r");
	reads("wants the terminal");
	reads(PROMPT);
	/* It has come to the end of its input. */
	await_end(pid);
	is_usable();
	resume(pid);
	await_foreground(pid);
	types("echo $((6 * 7))\r");
	reads("42\r\ninner> ");
	types("exit 5\r");
	reads(PROMPT);
	commands("echo it ended with $?");
	reads("it ended with 5\r\n" PROMPT);
	leave();
}

/* In the group of a script that does not control jobs. */
static void within_a_script(void)
{
	pid_t pid;

	sit_down();
	types("sh -c 'cat; echo over'\r");
	pid = find("cat");
	types("one\r");
	reads("one\r\none\r\n");
	checkpoint_pid(pid);
	reads("over");
	reads(PROMPT);
	resume(pid);
	types("two\r");
	reads("two\r\ntwo\r\n");
	types("\003");
	reads(PROMPT);
	commands("echo it ended with $?");
	reads("it ended with 130\r\n" PROMPT);
	leave();
}

/* Who ends the restart ends what it waits for. */
static void restart_is_ended(void)
{
	pid_t pid;

	sit_down();
	types("cat\r");
	pid = find("cat");
	await_foreground(pid);
	checkpoint_pid(pid);
	reads(PROMPT);
	resume(pid);
	await_foreground(pid);
	types("one\r");
	reads("one\r\none\r\n");
	if (kill(find("restart"), SIGTERM))
		broken("kill");
	reads(PROMPT);
	commands("echo it ended with $?");
	reads("it ended with 143\r\n" PROMPT);
	is_usable();
	leave();
}

/* What has no terminal to give gives none, and leaves nothing. */
static void nothing_to_give(void)
{
	pid_t pid;

	sit_down();
	types("cat\r");
	pid = find("cat");
	await_foreground(pid);
	checkpoint_pid(pid);
	reads(PROMPT);
	commands("restart --foreground -i image </dev/null");
	reads("give the tree the terminal: standard input");
	reads(PROMPT);
	commands("restart --foreground -i image & wait $!; echo it ended with $?");
	reads("not in the foreground itself");
	reads("it ended with 1\r\n");
	reads(PROMPT);
	if (!kill(pid, 0))
		fail("there is a pid %d after a restart that gave up", pid);
	is_usable();
	leave();
}

/* P=$(restart) ends, although the tree goes on. */
static void pid_in_a_variable(void)
{
	sit_down();
	commands("sleep 1000 &");
	reads(PROMPT);
	commands("checkpoint -o image $!");
	reads("descriptors 0, 1, 2: the terminal");
	reads(PROMPT);
	commands("P=$(restart -i image); echo it is $P.");
	reads("standard input is /dev/null");
	reads("standard output is this terminal");
	reads("it is ");
	reads(PROMPT);
	commands("kill $P && echo kil''led");
	reads("killed\r\n" PROMPT);
	leave();
}

/* The other end of a pipe stays behind: who has it outside is told, and what takes its place can be chosen. */
static void pipe_from_outside(void)
{
	pid_t pid;

	sit_down();
	commands("mkfifo hold; sleep 1000 >hold & echo told >text; cat <hold | tr a-z A-Z >out & echo st''arted");
	reads("started\r\n" PROMPT);
	pid = find("tr");
	commands("checkpoint -o image $!");
	reads("descriptor 0: the other end of `pipe:");
	reads(PROMPT);
	commands("restart --stdout=x -i image; echo it ended with $?");
	reads("--stdout: the tree has no standard output that comes from outside");
	reads("it ended with 1\r\n" PROMPT);
	commands("restart -i image");
	reads("as it cannot read from the terminal in the background");
	reads(PROMPT);
	await_end(pid);
	commands("restart --stdin=text -i image; until grep TOLD out; do sleep 0.1; done; echo ov''er");
	reads("TOLD\r\nover\r\n" PROMPT);
	await_end(pid);
	leave();
}

static const struct function_row functions[] = {
	{ "vi goes on with text that is not saved", vi },
	{ "an interactive shell goes on, with jobs", interactive_shell },
	{ "less goes on", less },
	{ "top goes on", top },
	{ "a key stops it, and the shell continues it", stopped_and_continued },
	{ "in the background it does not get the terminal", background },
	{ "a container's shell, in the background and not", container_in_background },
	{ "a program of a script goes on", within_a_script },
	{ "who ends the restart ends the tree", restart_is_ended },
	{ "no terminal to give", nothing_to_give },
	{ "a pipe from outside", pipe_from_outside },
	{ "the pid of a restart in a variable", pid_in_a_variable },
};

static const struct group terminal_groups[] = { FUNCTIONS(functions) };
SUITE(terminal);
