// SPDX-License-Identifier: GPL-2.0
/* The feed: what it reports when tasks are born, renamed, stopped and dead; when; and what it costs at rest. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "calls.h"
#include "inject.h"
#include "lib/feed.h"
#include "lib/wait.h"
#include "lib/tree.h"
#include "person.h"
#include "tool.h"

#define LINE_SIZE 16384
#define LINE_MS   20000		/* the longest that a line may take to come; on a busy machine, too */
#define REST_S    10
#define REST_NS   300000	/* CPU time a second at rest; with -icount these are instructions */
#define EVENTS    100
#define UNREAD_MS 15000		/* much more than the second, and much less than 200 of them */
#define DEBUG_TIMES 50		/* a kernel that checks itself takes longer */

static int port;

/* Make a terminal in a serial port's place. */
static void make_port(char *path, size_t size)
{
	struct termios termios;
	struct stat st;
	int slave;

	port = person_master();
	slave = person_slave(port, O_RDWR | O_NOCTTY);
	if (port < 0 || slave < 0 || fstat(slave, &st))
		broken("make a terminal");
	if (ttyname_r(slave, path, size))
		broken("name the terminal");
	if (tcgetattr(slave, &termios))
		broken("read its settings");
	cfmakeraw(&termios);
	if (tcsetattr(slave, TCSANOW, &termios))
		broken("set it up");
}

static pid_t start_feed(void)
{
	char path[32];
	pid_t pid;

	make_port(path, sizeof(path));
	pid = plain_clone(0);
	if (!pid) {
		execl("/bin/feed", "feed", path, (char *)NULL);
		broken("run feed");
	}
	return pid;
}

/* The next line, without its end. */
static const char *next_line(void)
{
	static char line[LINE_SIZE];
	struct pollfd fd = { .fd = port, .events = POLLIN };
	size_t used = 0;

	do {
		if (used == sizeof(line) - 1)
			fail("a line of more than %zu characters", used);
		if (poll(&fd, 1, LINE_MS) != 1)
			fail("expected a line, saw `%.*s' and no more", (int)used, line);
		if (read(port, line + used, 1) != 1)
			broken("read a line");
	} while (line[used++] != '\n');
	line[used - 1] = '\0';
	return line;
}

static long member(const char *line, const char *name)
{
	char key[32];
	const char *at;

	snprintf(key, sizeof(key), "\"%s\":", name);
	at = strstr(line, key);
	if (!at)
		fail("expected a member %s, saw `%.200s'", name, line);
	return strtol(at + strlen(key), NULL, 10);
}

/* Lines until one has these words, or has them no more; that one. */
static const char *await(const char *words, bool there)
{
	for (int i = 0; i < 50; i++) {
		const char *line = next_line();

		if (!strstr(line, words) == !there)
			return line;
	}
	fail("expected a line %s `%s', saw 50 others", there ? "with" : "without", words);
}

static void asks(void)
{
	const char *line;

	start_feed();
	line = next_line();
	expect(member(line, "v"), 1, "the version");
	expect(member(line, "seq"), 1, "the first number");
	while (poll(&(struct pollfd){ .fd = port, .events = POLLIN }, 1, 2000) == 1)
		line = next_line();
	for (long n = member(line, "seq") + 1, last = n + 3; n < last; n++) {
		if (person_types(port, n % 2 ? "?" : "what?\n"))
			broken("ask");
		expect(member(next_line(), "seq"), n, "the number of an answer");
	}
}

/* What it should say of a task, by the model that pidtable uses. */
static void words_for(const struct tree *tree, int i, char *words, size_t size)
{
	const struct task *t = &tree->task[i];
	int n = snprintf(words, size, "{\"name\":\"%s\",\"pids\":[", t->name);

	for (int level = 0; level < t->levels; level++)
		n += snprintf(words + n, size - n, "%s%d", level ? "," : "", t->pid[level]);
	snprintf(words + n, size - n, "],\"parent\":%d,\"ns\":%lu,\"nsparent\":%lu,\"nsinit\":%s,\"pgid\":%d,\"sid\":%d,", t->ppid,
		 (unsigned long)t->ns[NS_PID], t->parent < 0 || t->levels == 1 ? 0 : (unsigned long)tree->task[0].ns[NS_PID],
		 t->pid[t->levels - 1] == 1 ? "true" : "false", t->pgid, t->sid);
}

static void agrees(void)
{
	const pid_t pids[] = { 20000 };
	char words[300];
	const char *line;
	struct tree tree;
	pid_t child;

	start_feed();
	child = clone_with_pids(CLONE_NEWPID, pids, 1);
	if (!child) {
		setsid();
		for (;;)
			pause();
	}
	line = await("\"pids\":[20000,1]", true);
	while (poll(&(struct pollfd){ .fd = port, .events = POLLIN }, 1, 1000) == 1)
		line = next_line();
	if (tree_read(&tree, 0, false))
		broken("read all tasks");
	tree_drop_kthreads(&tree);
	for (int i = 0; i < tree.n; i++)
		task_read_namespaces(&tree.task[i]);
	for (int i = 0; i < tree.n; i++) {
		words_for(&tree, i, words, sizeof(words));
		if (!strstr(line, words))
			fail("expected `%s', saw `%s'", words, line);
	}
	if (strstr(line, "kswapd"))
		fail("a thread of the kernel is in `%s'", line);
}

static void told_of_a_life(void)
{
	pid_t child;
	long born;

	start_feed();
	next_line();
	born = now_ms();
	child = plain_clone(0);
	if (!child) {
		prctl(PR_SET_NAME, "\"a\\b\"\001");
		for (;;)
			pause();
	}
	note("seen %ld ms after its birth", member(await("\"name\":\"\\\"a\\\\b\\\"?\"", true), "ms") - born);
	kill(child, SIGSTOP);
	await("\"state\":\"T\"", true);
	kill(child, SIGCONT);
	await("\"state\":\"T\"", false);
	kill(child, SIGKILL);
	await("\"state\":\"Z\"", true);
	if (waitpid(child, NULL, 0) != child)
		broken("wait");
	await("a\\\\b", false);
}

static void says_nothing_at_rest(void)
{
	pid_t pid = start_feed();
	long bound = (long)REST_NS * REST_S * (access(DEBUGFS, F_OK) ? 1 : DEBUG_TIMES), spent;
	struct timespec before, after;
	clockid_t clock;

	while (poll(&(struct pollfd){ .fd = port, .events = POLLIN }, 1, 2000) == 1)
		next_line();
	if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &before))
		broken("read its CPU time");
	if (poll(&(struct pollfd){ .fd = port, .events = POLLIN }, 1, REST_S * 1000))
		fail("nothing happens, and it says `%s'", next_line());
	clock_gettime(clock, &after);
	spent = (after.tv_sec - before.tv_sec) * 1000000000L + after.tv_nsec - before.tv_nsec;
	note("%ld ns of CPU time a second at rest", spent / REST_S);
	if (spent > bound)
		fail("%d seconds at rest cost %ld ns of CPU time, of %ld", REST_S, spent, bound);
}

/* A process that reports events: number N of WRITER is N characters long, and then some. */
static void start_writer(int writer)
{
	char text[EVENTS + 1] = "";

	if (plain_clone(0))
		return;
	for (int n = 0; n < EVENTS; n++) {
		text[n] = 'a' + writer;
		feed_text_event("test", "text", text, ",\"writer\":%d,\"n\":%d", writer, n);
	}
	_exit(0);
}

/* More than the port holds, from three at once, and a reader who is late: all lines are whole, and each writer's in order. */
static void whole_events(void)
{
	int next[3] = { 0 };
	char path[32];

	make_port(path, sizeof(path));
	setenv("FEED", path, 1);
	for (int writer = 0; writer < 3; writer++)
		start_writer(writer);
	sleep_ms(300);
	for (int all = 0; all < 3 * EVENTS; all++) {
		const char *line = next_line();
		int writer = member(line, "writer");
		char end[40];

		if (writer < 0 || writer > 2)
			fail("expected a writer's line, saw `%.200s'", line);
		expect(member(line, "n"), next[writer], "the number of writer %d's event", writer);
		snprintf(end, sizeof(end), "\"writer\":%d,\"n\":%d}", writer, next[writer]++);
		if (strncmp(line, "{\"v\":1,", 7) || strcmp(line + strlen(line) - strlen(end), end))
			fail("expected a whole line, saw `%.200s'", line);
	}
}

/* A port that nobody reads, or that somebody does not let go, costs the writer a second, once. */
static void without_a_reader(void)
{
	long start = now_ms();
	char path[32];
	int holder;

	make_port(path, sizeof(path));
	setenv("FEED", path, 1);
	for (int n = 0; n < 200; n++)
		feed_text_event("test", "text", "a line that fills the port's buffer, again and again", ",\"n\":%d", n);
	expect(now_ms() - start < UNREAD_MS, true, "200 events that nobody reads take less than %d ms", UNREAD_MS);

	make_port(path, sizeof(path));
	setenv("FEED", path, 1);
	holder = open(path, O_RDWR | O_NOCTTY);
	if (holder < 0 || flock(holder, LOCK_EX))
		broken("hold the port");
	feed_event("lost", ",\"n\":%d", 0);
	close(holder);
	feed_event("kept", ",\"n\":%d", 1);
	await("\"event\":\"kept\"", true);
}

static const struct function_row functions[] = {
	{ "a snapshot when it is asked", asks },
	{ "it says what pidtable says", agrees },
	{ "birth, name, stop, death", told_of_a_life },
	{ "at rest it is silent and cheap", says_nothing_at_rest },
	{ "events from three at once, and a late reader: each line is whole", whole_events },
	{ "a port that nobody reads costs a second, once", without_a_reader },
};

static const struct group feed_groups[] = { FUNCTIONS(functions) };

SUITE(feed);
