// SPDX-License-Identifier: GPL-2.0
/*
 * Pseudoterminals come back: both ends, settings, size, packet mode, lock; and as the controlling terminal of a session
 * with its foreground group, so that a shell on one continues.  A terminal outside is replaced by the restart's own.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "calls.h"
#include "person.h"
#include "lib/wait.h"
#include "roundtrip.h"

#define BOUND_MS 20000

static int open_master(void)
{
	int fd = person_master();

	MUST(fd >= 0);
	return fd;
}

static int open_slave(int master, int flags)
{
	int fd = person_slave(master, flags);

	MUST(fd >= 0);
	return fd;
}

static int revents(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	MUST(poll(&p, 1, 0) >= 0);
	return p.revents;
}

static void settings(void)
{
	const struct winsize size = { 33, 101, 7, 9 };
	int master = open_master(), slave = open_slave(master, O_RDWR), other = open_slave(master, O_RDWR | O_NONBLOCK);
	unsigned int number, is;
	struct winsize size_now;
	struct termios t, now;
	char buf[8] = "";

	MUST(!ioctl(master, TIOCGPTN, &number) && !tcgetattr(slave, &t));
	cfmakeraw(&t);
	t.c_cc[VMIN] = 3;
	t.c_cc[VINTR] = 7;
	t.c_iflag |= IXANY;
	MUST(!cfsetospeed(&t, B19200) && !tcsetattr(slave, TCSANOW, &t) && !ioctl(slave, TIOCSWINSZ, &size));
	record_here();
	MUST(!ioctl(master, TIOCGPTN, &is) && is == number);
	MUST(!tcgetattr(slave, &now) && !ioctl(master, TIOCGWINSZ, &size_now));
	MUST(!memcmp(&now.c_cc, &t.c_cc, 19) && now.c_iflag == t.c_iflag && now.c_oflag == t.c_oflag);
	MUST(now.c_lflag == t.c_lflag && now.c_cflag == t.c_cflag && !memcmp(&size_now, &size, sizeof(size)));
	SAME(fcntl(master, F_GETFD), FD_CLOEXEC);
	SAME(fcntl(other, F_GETFL) & ~O_LARGEFILE, O_RDWR | O_NONBLOCK);
	MUST(write(master, "abc", 3) == 3 && read(slave, buf, 8) == 3 && !memcmp(buf, "abc", 3));
	MUST(write(slave, "de", 2) == 2 && read(master, buf, 8) == 2 && !memcmp(buf, "de", 2));
	close(slave);
	close(other);
	SAME(revents(master), POLLHUP);
}

/* Who may open the slave by its name. */
static void owner(void)
{
	int master = open_master();
	unsigned int index;
	char path[32];
	struct stat st;

	MUST(!ioctl(master, TIOCGPTN, &index));
	snprintf(path, sizeof(path), "/dev/pts/%u", index);
	MUST(!chown(path, 1234, 4321) && !chmod(path, 0640));
	record_here();
	MUST(!stat(path, &st));
	SAME(st.st_uid, 1234);
	SAME(st.st_gid, 4321);
	SAME(st.st_mode, S_IFCHR | 0640);
}

/* One in packet mode, one that is locked, one whose slave was closed, one whose slave has never been opened. */
static void states(void)
{
	int packets = open_master(), locked = open_master(), closed = open_master(), fresh = open_master();
	int slave = open_slave(packets, O_RDWR), on = 1, is;
	char buf[8] = "";

	MUST(!ioctl(packets, TIOCPKT, &on) && !ioctl(locked, TIOCSPTLCK, &on));
	close(open_slave(closed, O_RDWR));
	SAME(revents(closed), POLLHUP);
	SAME(revents(fresh), 0);
	record_here();
	MUST(!ioctl(packets, TIOCGPKT, &is) && is == 1 && !ioctl(closed, TIOCGPKT, &is) && !is);
	MUST(!ioctl(locked, TIOCGPTLCK, &is) && is == 1 && !ioctl(fresh, TIOCGPTLCK, &is) && !is);
	MUST(write(slave, "x", 1) == 1 && read(packets, buf, 8) == 2 && !buf[0] && buf[1] == 'x');
	SAME(revents(closed), POLLHUP);
	SAME(revents(fresh), 0);
	MUST(ioctl(locked, TIOCGPTPEER, O_RDWR | O_NOCTTY) < 0);
}

static void expect_words(int master, const char *words)
{
	const char *text = person_reads(master, words);

	if (text)
		wrong("the terminal says `%s' and not `%s'", text, words);
}

static void type(int master, const char *line)
{
	MUST(!person_types(master, line));
}

static pid_t start_shell(int master)
{
	pid_t pid = fork();

	MUST(pid >= 0);
	if (pid)
		return pid;
	person_shell(master);
	wrong("run a shell");
}

/* After its prompt, busybox asks the terminal where the cursor is; then it waits. */
#define ASKED "ready> \033[6n"

static void shell(void)
{
	int master = open_master(), status;
	pid_t pid;

	MUST(!mkfifo("fifo", 0600) || errno == EEXIST);
	pid = start_shell(master);
	expect_words(master, "ready> ");
	type(master, "x=41; (read z <fifo) & y=$!\r");
	expect_words(master, ASKED);
	record_here();
	type(master, "echo is $((x + 1))\r");
	expect_words(master, "is 42\r\nready> ");
	type(master, "kill $y && wait $y; echo ended with $?\r");
	expect_words(master, "ended with 143");
	expect_words(master, "ready> ");
	type(master, "tty; exit 7\r");
	expect_words(master, "/dev/pts/");
	MUST(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 7);
}

/* Until somebody else than the shell is in the foreground. */
static void await_group(int master, pid_t shell_pid)
{
	long deadline = now_ms() + BOUND_MS;

	while (tcgetpgrp(master) == shell_pid) {
		if (now_ms() > deadline)
			wrong("the shell does not give its terminal to the program that it runs");
		sleep_ms(1);
	}
}

/*
 * A program in the foreground gets what is typed, and its ^C; the shell, in the background, gets neither.  (Not by
 * --stopped: a shell takes its terminal back when it sees that the program has been stopped.)
 */
static void foreground(void)
{
	int master = open_master(), status;
	pid_t pid = start_shell(master), group = 0, was;

	expect_words(master, "ready> ");
	type(master, "cat\r");
	await_group(master, pid);
	type(master, "one\r");
	expect_words(master, "one\r\none\r\n");
	was = tcgetpgrp(master);
	record_here();
	group = tcgetpgrp(master);
	SAME(group, was);
	type(master, "two\r");
	expect_words(master, "two\r\ntwo\r\n");
	type(master, "\003");
	expect_words(master, "ready> ");
	SAME(tcgetpgrp(master), pid);
	type(master, "echo it ended with $?\r");
	expect_words(master, "it ended with 130");
	expect_words(master, "ready> ");
	type(master, "sleep 1000\r");
	await_group(master, pid);
	type(master, "\032");
	expect_words(master, "ready> ");
	SAME(tcgetpgrp(master), pid);
	type(master, "fg\r");
	await_group(master, pid);
	type(master, "\003");
	expect_words(master, "ready> ");
	type(master, "exit 9\r");
	MUST(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 9);
}

/* Of the session, one process has given its terminal back. */
static void without_terminal(void)
{
	volatile uint32_t *word = share_words();
	int master = open_master(), slave, status;
	pid_t leader = fork();

	MUST(leader >= 0);
	if (!leader) {
		pid_t child;

		MUST(setsid() == getpid());
		slave = open_slave(master, O_RDWR);
		MUST(!ioctl(slave, TIOCSCTTY, 0));
		child = fork();
		if (!child) {
			MUST(!ioctl(slave, TIOCNOTTY));
			word[0] = 1;
			await_word(&word[1], 1);
			_exit(open("/dev/tty", O_RDWR) < 0 && errno == ENXIO ? 0 : 1);
		}
		await_word(&word[1], 1);
		MUST(open("/dev/tty", O_RDWR) >= 0 && tcgetsid(slave) == getpid());
		MUST(waitpid(child, &status, 0) == child);
		_exit(status ? 1 : 0);
	}
	await_word(word, 1);
	record_here();
	SAME(tcgetsid(master), leader);
	word[1] = 1;
	MUST(waitpid(leader, &status, 0) == leader);
	SAME(status, 0);
}

static int outside;	/* the slave of a terminal of the test's own, in a subject of its */

/* The tools have /dev/null as stdin, and files as stdout and stderr. */
static void outside_terminal(void)
{
	char path[32];
	struct stat st, other;
	int fd;

	snprintf(path, sizeof(path), "/dev/pts/%d", outside);
	fd = open(path, O_RDWR | O_NOCTTY);
	MUST(fd >= 0 && dup2(fd, 0) == 0 && dup2(fd, 1) == 1 && dup2(fd, 2) == 2 && dup2(fd, 9) == 9);
	close(fd);
	record_here();
	MUST(!fstat(0, &st) && S_ISCHR(st.st_mode) && st.st_rdev == 0x103);
	MUST(!fstat(1, &st) && S_ISREG(st.st_mode) && !fstat(2, &other) && S_ISREG(other.st_mode));
	MUST(st.st_ino != other.st_ino);
	MUST(!fstat(9, &st));
}

/* What has been opened by its name is it again, whatever the tools have. */
static void opened_by_itself(void)
{
	char path[32];
	struct stat before, now;
	int fd, null = open("/dev/null", O_RDWR), console = open("/dev/console", O_WRONLY | O_NOCTTY);

	snprintf(path, sizeof(path), "/dev/pts/%d", outside);
	for (int i = 0; i <= 2; i++)
		MUST(dup2(null, i) == i);
	fd = fcntl(open(path, O_RDWR | O_NOCTTY), F_DUPFD, 20);
	MUST(fd >= 20 && console > 2 && !fstat(fd, &before));
	record_here();
	MUST(!fstat(fd, &now) && now.st_rdev == before.st_rdev && now.st_ino == before.st_ino);
	SAME(fcntl(fd, F_GETFL) & ~O_LARGEFILE, O_RDWR);
	MUST(write(fd, "seen\n", 5) == 5);
	MUST(!fstat(console, &now) && now.st_rdev == 0x501);
}

static const struct subject_row subjects[] = {
	{ "settings, size, flags", settings, EVERY_WAY },
	{ "owner, group, mode", owner, EVERY_WAY },
	{ "packet mode, lock, and slaves that are closed", states, 0 },
	{ "a shell goes on", shell, EVERY_WAY },
	{ "a program in the foreground", foreground, EVERY_WAY & ~WAY_STOPPED },
	{ "who gave the session's terminal back is without", without_terminal, 0 },
};

/* Returns the master of that terminal. */
static int use_outside(void)
{
	int master = open_master(), number;

	use_images();
	if (ioctl(master, TIOCGPTN, &number))
		broken("a terminal");
	outside = number;
	return master;
}

static void run_outside(void)
{
	struct restored r;
	int master = use_outside();

	restored_start(&r, outside_terminal);
	remarked(TOOL("checkpoint", "-o", "image", number(r.root)), "descriptors 0, 1, 2: the terminal `/dev/pts/");
	restored_restart(&r, WAY_ALL);
	restored_answer(&r);
	restored_end(&r);
	close(master);
}

static void run_opened(void)
{
	struct restored r;
	int master = use_outside();
	const char *text;

	restored_start(&r, opened_by_itself);
	restored_checkpoint(&r);
	restored_restart(&r, WAY_ALL);
	restored_answer(&r);
	text = person_reads(master, "seen");
	if (text)
		fail("the terminal says `%s'", text);
	restored_end(&r);
	close(master);
}

/* Its name is gone: it could not be opened again. */
static void run_hung_up(void)
{
	struct restored r;
	int master = use_outside();

	restored_start(&r, opened_by_itself);
	close(master);
	complained(TOOL("checkpoint", "-o", "image", number(r.root)), 1, "its name is gone");
	restored_compare(&r, WAY_LEFT);
	restored_end(&r);
}

static const struct function_row functions[] = {
	{ "a terminal outside is a restart's own", run_outside },
	{ "one that the program has opened is opened again", run_opened },
	{ "one that it has opened and that is gone is refused", run_hung_up },
};

static const struct group restored_ttys_groups[] = { SUBJECTS(subjects), FUNCTIONS(functions) };
SUITE(restored_ttys);
