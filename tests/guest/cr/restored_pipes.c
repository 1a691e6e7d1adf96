// SPDX-License-Identifier: GPL-2.0
/* Pipes and fifos come back, with their contents and with closed ends. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "calls.h"
#include "lib/procfs.h"
#include "roundtrip.h"

static unsigned char pattern(unsigned int i)
{
	return i * 7 + i / 251;
}

/* Write n bytes of the pattern from `at' on, in pieces; how many it took. */
static unsigned int fill(int fd, unsigned int at, unsigned int n)
{
	unsigned char buf[1000];
	unsigned int done = 0;

	while (done < n) {
		unsigned int size = n - done < sizeof(buf) ? n - done : sizeof(buf);
		ssize_t got;

		for (unsigned int i = 0; i < size; i++)
			buf[i] = pattern(at + done + i);
		got = write(fd, buf, size);
		if (got < 0 && errno == EAGAIN)
			break;
		MUST(got > 0);
		done += got;
	}
	return done;
}

static void drain(int fd, unsigned int at, unsigned int n)
{
	unsigned char buf[777];

	while (n) {
		ssize_t got = read(fd, buf, n < sizeof(buf) ? n : sizeof(buf));

		MUST(got > 0);
		for (ssize_t i = 0; i < got; i++)
			if (buf[i] != pattern(at + i))
				wrong("byte %u of the pipe is %u", at + (unsigned int)i, buf[i]);
		at += got;
		n -= got;
	}
}

static int waiting(int fd)
{
	int n = -1;

	MUST(!ioctl(fd, FIONREAD, &n));
	return n;
}

static int events(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN | POLLOUT };

	MUST(poll(&p, 1, 0) >= 0);
	return p.revents;
}

static void in_flight(void)
{
	int some[2], full[2], large[2];
	unsigned int n;

	MUST(!pipe(some) && !pipe2(full, O_NONBLOCK | O_CLOEXEC) && !pipe2(large, O_NONBLOCK));
	fill(some[1], 0, 5000);
	drain(some[0], 0, 1234);
	n = fill(full[1], 0, 1000000);
	SAME(fcntl(large[1], F_SETPIPE_SZ, 262144), 262144);
	SAME(fill(large[1], 0, 200000), 200000);
	record_here();
	SAME(waiting(some[0]), 5000 - 1234);
	fill(some[1], 5000, 10);
	drain(some[0], 1234, 5010 - 1234);
	SAME(fcntl(some[0], F_GETFL), O_RDONLY);
	SAME(fcntl(full[1], F_GETFL), O_WRONLY | O_NONBLOCK);
	SAME(fcntl(full[1], F_GETFD), FD_CLOEXEC);
	MUST(n == 65536 ? write(full[1], "x", 1) < 0 && errno == EAGAIN : n > 60000);
	drain(full[0], 0, n);
	SAME(waiting(full[0]), 0);
	SAME(fcntl(large[0], F_GETPIPE_SZ), 262144);
	drain(large[0], 0, 200000);
}

/* A writer that waits for room, and a reader that waits for bytes, go on waiting; nothing is lost, nothing is twice. */
static void waiting_ends(void)
{
	int there[2], back[2], status;
	pid_t child;

	MUST(!pipe(there) && !pipe(back));
	child = fork();
	if (!child) {
		close(there[0]);
		fill(there[1], 0, 100000);
		drain(back[0], 0, 20);
		_exit(0);
	}
	close(there[1]);
	while (waiting(there[0]) < 60000)
		usleep(1000);
	record_here();
	drain(there[0], 0, 100000);
	fill(back[1], 0, 20);
	MUST(waitpid(child, &status, 0) == child && !status);
	SAME(read(there[0], &status, 1), 0);
}

/* Three processes write, two read. */
static void several(void)
{
	volatile uint32_t *word = share_words();
	int pipe_fds[2], status;
	char buf[8] = "";

	MUST(!pipe(pipe_fds));
	for (int i = 0; i < 3; i++) {
		if (fork())
			continue;
		MUST(write(pipe_fds[1], "b", 1) == 1);
		word[1 + i] = 1;
		await_word(&word[0], 1);
		MUST(write(pipe_fds[1], "a", 1) == 1);
		_exit(0);
	}
	for (int i = 0; i < 3; i++)
		await_word(&word[1 + i], 1);
	if (!fork()) {
		await_word(&word[0], 2);
		MUST(read(pipe_fds[0], buf, 2) == 2 && !memcmp(buf, "ba", 2));
		_exit(0);
	}
	record_here();
	MUST(read(pipe_fds[0], buf, 2) == 2 && !memcmp(buf, "bb", 2));
	word[0] = 1;
	for (int i = 0; i < 3; i++)
		MUST(wait(&status) > 0 && !status);
	word[0] = 2;
	MUST(wait(&status) > 0 && !status);
	MUST(read(pipe_fds[0], buf, 8) == 2 && !memcmp(buf, "aa", 2));
}

static void closed_ends(void)
{
	int no_writer[2], no_reader[2], empty[2];
	char buf[8] = "";

	MUST(!pipe(no_writer) && !pipe(no_reader) && !pipe(empty));
	MUST(write(no_writer[1], "rest", 4) == 4 && write(no_reader[1], "lost", 4) == 4);
	close(no_writer[1]);
	close(no_reader[0]);
	close(empty[1]);
	signal(SIGPIPE, SIG_IGN);
	record_here();
	SAME(events(no_writer[0]), POLLIN | POLLHUP);
	MUST(read(no_writer[0], buf, 8) == 4 && !memcmp(buf, "rest", 4));
	SAME(read(no_writer[0], buf, 8), 0);
	SAME(read(empty[0], buf, 8), 0);
	MUST(events(no_reader[1]) & POLLERR);
	MUST(write(no_reader[1], "x", 1) < 0 && errno == EPIPE);
}

static void fifos(void)
{
	int both, reader, writer, quiet, closed;
	char buf[16] = "";

	MUST((!mkfifo("fifo", 0600) && !mkfifo("quiet", 0600) && !mkfifo("closed", 0600)) || errno == EEXIST);
	both = open("fifo", O_RDWR);
	reader = open("fifo", O_RDONLY | O_NONBLOCK);
	writer = open("fifo", O_WRONLY | O_CLOEXEC);
	quiet = open("quiet", O_RDONLY | O_NONBLOCK);
	closed = open("closed", O_RDONLY | O_NONBLOCK);
	MUST(both >= 0 && reader >= 0 && writer >= 0 && quiet >= 0 && closed >= 0);
	close(open("closed", O_WRONLY));
	MUST(write(writer, "in the fifo", 11) == 11);
	SAME(events(quiet), 0);
	SAME(events(closed), POLLHUP);
	record_here();
	MUST(read(reader, buf, 16) == 11 && !memcmp(buf, "in the fifo", 11));
	MUST(write(both, "again", 5) == 5 && read(reader, buf, 16) == 5);
	SAME(fcntl(both, F_GETFL) & ~O_LARGEFILE, O_RDWR);
	SAME(fcntl(writer, F_GETFD), FD_CLOEXEC);
	SAME(events(quiet), 0);
	SAME(events(closed), POLLHUP);
	writer = open("quiet", O_WRONLY | O_NONBLOCK);
	MUST(write(writer, "x", 1) == 1 && read(quiet, buf, 16) == 1);
}

static void packets(void)
{
	int fds[2];
	char buf[8];

	MUST(!pipe2(fds, O_DIRECT | O_NONBLOCK));
	MUST(write(fds[1], "one", 3) == 3 && read(fds[0], buf, 1) == 1);
	record_here();
	SAME(fcntl(fds[1], F_GETFL), O_WRONLY | O_DIRECT | O_NONBLOCK);
	MUST(write(fds[1], "two", 3) == 3 && write(fds[1], "three", 5) == 5);
	SAME(read(fds[0], buf, 8), 3);
	SAME(read(fds[0], buf, 2), 2);
	MUST(read(fds[0], buf, 8) < 0 && errno == EAGAIN);
}

static const struct subject_row subjects[] = {
	{ "bytes in flight, a full pipe, a large one", in_flight, EVERY_WAY },
	{ "a writer and a reader that wait", waiting_ends, 0 },
	{ "several writers and readers", several, 0 },
	{ "ends that are closed everywhere", closed_ends, 0 },
	{ "fifos", fifos, 0 },
	{ "a pipe of packets, empty", packets, 0 },
};

static pid_t child_of(pid_t pid)
{
	char name[40], *text;
	pid_t child;

	snprintf(name, sizeof(name), "task/%d/children", pid);
	text = procfs_text(pid, name);
	child = text ? atoi(text) : 0;
	free(text);
	if (!child)
		fail("pid %d has no child", pid);
	return child;
}

/* stdin and stdout are pipes to somebody outside: a restart puts its own there. */
static void inherited(void)
{
	struct running before, after;
	char line[64], pid[16];
	struct tasks tasks;

	use_images();
	list_tasks(&tasks);
	before = START("unshare", "-p", "-f", "sh", "-c",
		       "echo $(readlink /proc/self/fd/0); while read x; do echo got $x; done");
	read_line(&before, line, sizeof(line));
	if (strncmp(line, "pipe:", 5))
		fail("its standard input is %s", line);
	snprintf(pid, sizeof(pid), "%d", child_of(before.pid));
	remarked(TOOL("checkpoint", "-o", "image", pid), "descriptor 1: the other end of `pipe:");
	close(before.in);
	close(before.out);
	/* unshare ends after its child, and may have been waited for already. */
	while (waitpid(-1, NULL, __WALL) > 0)
		;
	same_tasks(&tasks, "the checkpoint");
	after = START("restart", "-i", "image");
	read_line(&after, line, sizeof(line));
	if (strcmp(line, pid))
		fail("restart says `%s', not the pid %s", line, pid);
	if (write(after.in, "words\n", 6) != 6)
		broken("write to its standard input");
	read_line(&after, line, sizeof(line));
	if (strcmp(line, "got words"))
		fail("it says `%s'", line);
	expect(finish_tool(&after), 0, "restart");
	/* The shell, unless it has been waited for with the tool. */
	while (waitpid(-1, NULL, __WALL) > 0)
		;
	same_tasks(&tasks, "all of it");
}

static const struct function_row functions[] = {
	{ "stdin and stdout of somebody outside", inherited },
};

static const struct group restored_pipes_groups[] = { SUBJECTS(subjects), FUNCTIONS(functions) };
SUITE(restored_pipes);
