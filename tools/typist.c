// SPDX-License-Identifier: GPL-2.0
/*
 * typist - type commands to a shell, as a person at a terminal does, and judge what they led to
 *
 * A shell that reads a script differs from one at a terminal: its jobs have no process groups of their own, and a shell
 * that it starts takes the rest of the script.  So the lines go through a pseudoterminal, one each time a shell there
 * asks for one.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <pty.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

#include "lib/report.h"
#include "lib/wait.h"

static const char help[] =
	"Usage: typist [-t SECONDS] FILE COMMAND [ARGUMENT...]\n"
	"Start a shell on a terminal of its own, type the lines of FILE to it, each when\n"
	"a shell there waits for one, and show what appears.  Then run COMMAND while\n"
	"that shell still waits, and exit as it did; the shell gets a SIGHUP.\n"
	"\n"
	"  -t, --time=SECONDS   how long to wait for a prompt before pressing Ctrl-C and\n"
	"                       typing the next line (default: 20)\n"
	"  -h, --help           print this text\n"
	"\n"
	"Exit status: COMMAND's, or 128 + N if signal N killed it; 1 if the shell or\n"
	"COMMAND cannot be started or FILE not read; 2 for a wrong command line.\n";

/* What a shell prints when it waits for a command, and for the rest of one. */
static const char prompt[] = "replay# ", continued[] = "replay> ";
enum { PROMPT_LENGTH = sizeof(prompt) - 1 };

/* Time for a program to end after Ctrl-C, before the next line is typed all the same. */
#define INTERRUPT_MS 3000

struct terminal {
	int fd;
	char tail[PROMPT_LENGTH];	/* the last characters that were shown */
	bool escaped;			/* within an escape sequence */
	bool prompted;			/* since a line was typed; a job may have written more behind it */
};

/* Show a character, unless it controls a terminal: what appears may come from anybody's program. */
static void show(struct terminal *t, char c)
{
	if (c == '\033') {
		t->escaped = true;
	} else if (t->escaped) {
		t->escaped = c == '[' || c < '@' || c > '~';
	} else if (c == '\n' || c == '\t' || (c >= ' ' && c <= '~')) {
		putchar(c);
		memmove(t->tail, t->tail + 1, PROMPT_LENGTH - 1);
		t->tail[PROMPT_LENGTH - 1] = c;
		t->prompted |= !memcmp(t->tail, prompt, PROMPT_LENGTH) || !memcmp(t->tail, continued, PROMPT_LENGTH);
	}
}

/* Show what appears until a shell waits, for at most ms.  Returns false if none does; *gone: none ever will. */
static bool await_prompt(struct terminal *t, long ms, bool *gone)
{
	long end = now_ms() + ms;

	while (!t->prompted) {
		struct pollfd file = { .fd = t->fd, .events = POLLIN };
		long left = end - now_ms();
		char buf[512];
		ssize_t n;

		if (left <= 0 || !poll(&file, 1, left))
			return false;
		n = read(t->fd, buf, sizeof(buf));
		/* EIO: nobody has the other side open. */
		if (n <= 0) {
			*gone = true;
			return false;
		}
		for (ssize_t i = 0; i < n; i++)
			show(t, buf[i]);
		fflush(stdout);
	}
	return true;
}

static void type(struct terminal *t, const char *text, size_t length)
{
	t->prompted = false;
	while (length) {
		ssize_t n = write(t->fd, text, length);

		if (n < 0)
			die("type to the shell");
		text += n;
		length -= n;
	}
}

/* Type each line when the shell waits.  A command that does not end gets what a person would press. */
static void type_lines(struct terminal *t, FILE *lines, const char *name, long ms)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t n;
	bool gone = false;

	await_prompt(t, ms, &gone);
	errno = 0;
	while (!gone && (n = getline(&line, &size, lines)) > 0) {
		if (line[n - 1] == '\n')
			n--;
		for (ssize_t i = 0; i < n; i++)
			if (line[i] < ' ')
				line[i] = ' ';
		type(t, line, n);
		type(t, "\r", 1);
		if (!await_prompt(t, ms, &gone) && !gone) {
			printf("\ntypist: no prompt within %ld s: Ctrl-C\n", ms / 1000);
			type(t, "\003", 1);
			await_prompt(t, INTERRUPT_MS, &gone);
		}
	}
	if (ferror(lines))
		die("read `%s'", name);
	free(line);
	putchar('\n');
	if (gone)
		report(0, "the shell has ended");
	fflush(stdout);
}

static void start_shell(struct terminal *t)
{
	static const struct winsize size = { .ws_row = 25, .ws_col = 80 };
	pid_t pid = forkpty(&t->fd, NULL, NULL, &size);

	if (pid < 0)
		die("start a shell on a terminal");
	if (!pid) {
		if (!setenv("PS1", prompt, 1) && !setenv("PS2", continued, 1))
			execlp("sh", "sh", "-i", (char *)NULL);
		die("run `sh'");
	}
	fcntl(t->fd, F_SETFD, FD_CLOEXEC);
}

static int run(char **command)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (!pid) {
		execvp(*command, command);
		die("run `%s'", *command);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			die("wait for pid %d", pid);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "time", required_argument, NULL, 't' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	struct terminal t = { .fd = -1 };
	long seconds = 20;
	FILE *lines;
	int c, status;

	report_program(argv[0]);
	while ((c = getopt_long(argc, argv, "+t:h", options, NULL)) != -1) {
		switch (c) {
		case 't':
			seconds = parse_number("--time", optarg, 1, 3600);
			break;
		case 'h':
			fputs(help, stdout);
			return finish(EXIT_OK);
		default:
			die_usage("bad option");
		}
	}
	if (argc - optind < 2)
		die_usage("a FILE and a COMMAND are expected");
	lines = fopen(argv[optind], "re");
	if (!lines)
		die("open `%s'", argv[optind]);
	start_shell(&t);
	type_lines(&t, lines, argv[optind], 1000 * seconds);
	fclose(lines);
	status = run(argv + optind + 1);
	close(t.fd);
	return finish(status);
}
