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
#include <time.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "calls.h"
#include "inject.h"
#include "lib/wait.h"
#include "lib/tree.h"
#include "person.h"
#include "tool.h"

#define LINE_SIZE 16384
#define LINE_MS   20000		/* the longest that a line may take to come; on a busy machine, too */
#define REST_S    10
#define REST_NS   300000	/* CPU time a second at rest; with -icount these are instructions */
#define DEBUG_TIMES 50		/* a kernel that checks itself takes longer */

static int port;

/* Start it on a terminal in a serial port's place. */
static pid_t start_feed(void)
{
	char path[32];
	struct stat st;
	pid_t pid;
	int slave;

	port = person_master();
	slave = person_slave(port, O_RDWR | O_NOCTTY);
	if (port < 0 || slave < 0 || fstat(slave, &st))
		broken("make a terminal");
	if (ttyname_r(slave, path, sizeof(path)))
		broken("name the terminal");
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

static const struct function_row functions[] = {
	{ "a snapshot when it is asked", asks },
	{ "it says what pidtable says", agrees },
	{ "birth, name, stop, death", told_of_a_life },
	{ "at rest it is silent and cheap", says_nothing_at_rest },
};

static const struct group feed_groups[] = { FUNCTIONS(functions) };

SUITE(feed);
