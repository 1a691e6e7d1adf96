// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "command.h"
#include "lib/wait.h"
#include "ui.h"

#define BOUND_MS 60000

static void print_command(const char *const argv[])
{
	ui_print(COLOUR_CALL, "    # ");
	for (int i = 0; argv[i]; i++) {
		const char *quote = strchr(argv[i], ' ') ? "'" : "";

		ui_print(COLOUR_CALL, "%s%s%s%s", i ? " " : "", quote, argv[i], quote);
	}
	ui_text("\n");
}

/* Open a file without a name, for what a program writes. */
static int nameless_file(void)
{
	char name[] = "/tmp/tour.XXXXXX";
	int fd = mkostemp(name, O_CLOEXEC);

	if (fd >= 0)
		unlink(name);
	return fd;
}

static void become(const char *const argv[], int out, int err)
{
	int null = open("/dev/null", O_RDWR);

	dup2(null, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	/* A job of its own: no key reaches it. */
	setpgid(0, 0);
	execvp(argv[0], (char **)argv);
	dprintf(STDERR_FILENO, "%s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

/* Read the whole file as a string, which the caller frees; NULL with errno. */
static char *contents(int fd)
{
	struct stat st;
	char *text = fstat(fd, &st) ? NULL : calloc(1, st.st_size + 1);

	if (text && pread(fd, text, st.st_size, 0) != st.st_size) {
		free(text);
		return NULL;
	}
	return text;
}

static int failed(const char *const argv[], const char *how, int err)
{
	char *text = contents(err);

	if (text)
		text[strcspn(text, "\n")] = 0;
	ui_failed("`%s': %s%s%s", argv[0], how, text && *text ? ": " : "", text ? text : "");
	free(text);
	return -1;
}

/* Wait for the program and judge how it ended.  out and err have what it wrote. */
static int await(pid_t pid, const char *const argv[], int out, int err, char **text)
{
	char words[64];
	int status;

	if (pid < 0)
		return failed(argv, "it cannot be started", err);
	if (wait_bounded(pid, &status, 0, BOUND_MS)) {
		int saved = errno;

		kill(-pid, SIGKILL);
		waitpid(pid, NULL, 0);
		return failed(argv, strerror(saved), err);
	}
	if (!status_ok(status))
		return failed(argv, status_words(status, words, sizeof(words)), err);
	if (!text)
		return 0;
	*text = contents(out);
	return *text ? 0 : failed(argv, "what it wrote cannot be read", err);
}

int command_run(bool show, char **text, const char *const argv[])
{
	int out = nameless_file(), err = nameless_file(), ret = -1;
	pid_t pid;

	if (show) {
		print_command(argv);
		ui_show();
	}
	if (out < 0 || err < 0) {
		ui_failed("`%s': a file for its output: %s", argv[0], strerror(errno));
	} else {
		fflush(NULL);
		pid = fork();
		if (!pid)
			become(argv, out, err);
		ret = await(pid, argv, out, err, text);
	}
	close(out);
	close(err);
	return ret;
}

static pid_t as_pid(const char *text, const char *program)
{
	char *end;
	long pid = strtol(text, &end, 10);

	if (end != text && (*end == '\n' || !*end) && pid > 0)
		return pid;
	ui_failed("`%s' printed no pid but `%.40s'", program, text);
	return -1;
}

pid_t command_run_for_pid(bool show, const char *const argv[])
{
	char *text;
	pid_t pid;

	if (command_run(show, &text, argv))
		return -1;
	if (show)
		ui_text("    %s", text);
	pid = as_pid(text, argv[0]);
	free(text);
	return pid;
}

pid_t command_start(const char *const argv[], pid_t *said)
{
	int fds[2], err = nameless_file();
	struct pollfd p = { .events = POLLIN };
	char line[32] = "";
	pid_t pid;

	if (err < 0 || pipe2(fds, O_CLOEXEC)) {
		ui_failed("`%s': a pipe for its output: %s", argv[0], strerror(errno));
		return -1;
	}
	print_command(argv);
	ui_show();
	fflush(NULL);
	pid = fork();
	if (!pid)
		become(argv, fds[1], err);
	close(fds[1]);
	p.fd = fds[0];
	*said = -1;
	if (pid > 0 && poll(&p, 1, BOUND_MS) == 1 && read(fds[0], line, sizeof(line) - 1) > 0) {
		ui_text("    %s", line);
		*said = as_pid(line, argv[0]);
	} else {
		failed(argv, "it says nothing", err);
	}
	close(fds[0]);
	close(err);
	if (*said > 0 || pid < 0)
		return pid;
	/* And what it has started. */
	kill(-pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return -1;
}
