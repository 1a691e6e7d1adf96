// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>

#include "console.h"
#include "lib/report.h"
#include "lib/wait.h"
#include "rescue.h"
#include "screen.h"

#define FINISH_BOUND_MS 5000

static const struct winsize size = { .ws_row = SCREEN_ROWS, .ws_col = SCREEN_COLUMNS };

static const char *const devices[] = { "/dev/tty1", "/dev/ttyS0" };
#define N_DEVICES 2

/* The files of the copying process, in the order in which it polls them: the terminal, then the consoles. */
enum { TERMINAL, CONSOLES, SIGNALS = CONSOLES + N_DEVICES, N_FILES };

/*
 * A console is raw, because the terminal already has a line discipline.  CLOCAL: there is no modem to wait for.  A
 * serial port that does not exist can be opened; but then setting its attributes fails, or the first write.
 */
int open_raw(const char *path)
{
	int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	struct termios t;

	if (fd < 0)
		return -1;
	if (tcgetattr(fd, &t)) {
		close(fd);
		return -1;
	}
	cfmakeraw(&t);
	t.c_cflag |= CLOCAL;
	tcsetattr(fd, TCSANOW, &t);
	fcntl(fd, F_SETFL, 0);
	return fd;
}

static bool write_all(int fd, const char *p, ssize_t n)
{
	while (n > 0) {
		ssize_t done = write(fd, p, n);

		if (done < 0 && errno != EINTR)
			return false;
		if (done > 0) {
			p += done;
			n -= done;
		}
	}
	return true;
}

/* Close a console that cannot be written to. */
static void write_to_consoles(struct pollfd *files, const char *text, ssize_t n)
{
	for (int i = CONSOLES; i < SIGNALS; i++) {
		if (files[i].fd >= 0 && !write_all(files[i].fd, text, n)) {
			close(files[i].fd);
			files[i].fd = -1;
		}
	}
}

/* Copy from the terminal to all consoles.  Returns false at the end. */
static bool copy_output(struct pollfd *files)
{
	char buf[4096];
	ssize_t n = read(files[TERMINAL].fd, buf, sizeof(buf));

	/* EIO: nobody has the other side open just now. */
	if (n <= 0)
		return false;
	write_to_consoles(files, buf, n);
	return true;
}

/* Look for the rescue key in what was typed: enough presses in a row, and quickly enough to be meant? */
static void look_for_rescue(const char *keys, ssize_t n)
{
	static int presses;
	static long first;

	for (ssize_t i = 0; i < n; i++) {
		if (keys[i] != RESCUE_KEY || (presses && now_ms() - first > RESCUE_WITHIN_MS))
			presses = 0;
		if (keys[i] != RESCUE_KEY)
			continue;
		if (!presses++)
			first = now_ms();
		if (presses < RESCUE_PRESSES)
			continue;
		presses = 0;
		kill(getppid(), RESCUE_SIGNAL);
	}
}

static void copy_input(struct pollfd *console, int terminal)
{
	char buf[256];
	ssize_t n = read(console->fd, buf, sizeof(buf));

	if (n > 0) {
		write_all(terminal, buf, n);
		look_for_rescue(buf, n);
	} else if (n == 0 || errno != EINTR) {
		close(console->fd);
		console->fd = -1;
	}
}

/*
 * Tell it past the terminal: that takes what was typed when the kernel gets round to it, and with each Ctrl-C it drops
 * the output that is on its way.
 */
static void tell_of_rescue(struct pollfd *files)
{
	char text[80];
	int n = snprintf(text, sizeof(text), "\r\nCtrl-C, %d times: all other programs were ended.\r\n", RESCUE_PRESSES);

	write_to_consoles(files, text, n);
}

/* Returns false if this is the end. */
static bool take_signal(struct pollfd *files)
{
	struct signalfd_siginfo info;

	if (read(files[SIGNALS].fd, &info, sizeof(info)) != sizeof(info) || info.ssi_signo != RESCUE_SIGNAL)
		return false;
	tell_of_rescue(files);
	return true;
}

/* Copy until SIGTERM.  Then copy what is still in the terminal, and end when the consoles have sent it. */
static void copy(int terminal)
{
	struct pollfd files[N_FILES] = { [TERMINAL] = { terminal, POLLIN, 0 } };
	sigset_t set;

	prctl(PR_SET_NAME, "console");
	for (int i = 0; i < N_DEVICES; i++)
		files[CONSOLES + i] = (struct pollfd){ open_raw(devices[i]), POLLIN, 0 };
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, RESCUE_SIGNAL);
	sigprocmask(SIG_SETMASK, &set, NULL);
	files[SIGNALS] = (struct pollfd){ signalfd(-1, &set, SFD_CLOEXEC), POLLIN, 0 };

	for (;;) {
		if (poll(files, N_FILES, -1) < 0)
			continue;
		if (files[TERMINAL].revents & POLLIN)
			copy_output(files);
		for (int i = CONSOLES; i < SIGNALS; i++)
			if (files[i].revents)
				copy_input(&files[i], terminal);
		if (files[SIGNALS].revents && !take_signal(files))
			break;
	}
	while (poll(files, 1, 0) > 0 && (files[TERMINAL].revents & POLLIN) && copy_output(files))
		;
	for (int i = CONSOLES; i < SIGNALS; i++)
		if (files[i].fd >= 0)
			tcdrain(files[i].fd);
}

int use_as_stdio(const char *path)
{
	int fd = open(path, O_RDWR | O_NOCTTY);

	if (fd < 0)
		return -1;
	fflush(NULL);
	for (int i = 0; i <= 2; i++)
		if (dup2(fd, i) < 0)
			return -1;
	if (fd > 2)
		close(fd);
	return 0;
}

pid_t console_start(void)
{
	int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	const char *path;
	pid_t pid;

	if (terminal < 0)
		return -1;
	path = grantpt(terminal) || unlockpt(terminal) ? NULL : ptsname(terminal);
	if (!path || ioctl(terminal, TIOCSWINSZ, &size) || use_as_stdio(path)) {
		close(terminal);
		return -1;
	}
	pid = fork();
	if (!pid) {
		/* Its own copy of the other side would keep the terminal from ever ending. */
		use_as_stdio("/dev/null");
		copy(terminal);
		_exit(EXIT_OK);
	}
	close(terminal);
	return pid;
}

void console_finish(pid_t console)
{
	int status;

	if (console <= 0)
		return;
	fflush(NULL);
	tcdrain(STDOUT_FILENO);
	if (!kill(console, SIGTERM) && wait_bounded(console, &status, 0, FINISH_BOUND_MS))
		kill(console, SIGKILL);
	use_as_stdio("/dev/console");
}
