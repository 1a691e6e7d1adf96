// SPDX-License-Identifier: GPL-2.0
/*
 * What keeps restart from bringing a tree back.  Each time, one line says why, and nothing of the tree is left.  (The
 * suites `damage' and `unsound' test damaged and hostile images; `interrupted' tests a restart that is killed.)
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

#include "nest.h"
#include "lib/report.h"
#include "roundtrip.h"
#include "lib/tree.h"
#include "various.h"

#define IMAGE "image"

static const char *const methods[] = { NULL, "--clone3" };

/* By each of the two calls: refused in one line with these words, and there are the tasks that there were. */
static void refuse(const char *words)
{
	struct tasks before;

	list_tasks(&before);
	for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
		const struct said *s = complained(TOOL("restart", "-i", IMAGE, methods[i]), 1, words);

		if (strchr(s->err, '\n')[1])
			fail("more than one line: `%.200s'", s->err);
		same_tasks(&before, "a restart that was refused");
	}
}

static void comes_back(struct restored *r)
{
	restored_restart(r, WAY_ALL);
	restored_answer(r);
	restored_end(r);
}

static void record_tree(struct restored *r, subject *run, pid_t *pid, int *n)
{
	struct tree tree;

	use_images();
	restored_start(r, run);
	if (tree_read(&tree, r->root, true))
		broken("read the tree");
	*n = tree.n;
	for (int i = 0; i < tree.n; i++)
		pid[i] = tree.task[i].pid[0];
	tree_free(&tree);
	restored_checkpoint(r);
}

static void record(struct restored *r, pid_t *pid, int *n)
{
	record_tree(r, various_tree, pid, n);
}

/* Whichever pid of the oldest level is somebody else's. */
static void taken(void)
{
	struct restored r;
	pid_t pid[32];
	char words[100];
	int n;

	record(&r, pid, &n);
	for (int i = 0; i < n; i++) {
		struct held other = hold(0, LIST(pid[i]));

		snprintf(words, sizeof(words), "pid %d is taken at level 0 by pid %d (guest-tests)", pid[i], pid[i]);
		refuse(words);
		release(&other);
	}
	comes_back(&r);
}

static void taken_by_zombie(void)
{
	struct restored r;
	pid_t pid[32];
	char words[100];
	struct held other;
	int n;

	record(&r, pid, &n);
	other = hold(0, LIST(pid[1]));
	kill(other.pid, SIGKILL);
	while (task_state(other.pid) != 'Z')
		sched_yield();
	/* TOOL() would reap it. */
	snprintf(words, sizeof(words),
		 "restart -i " IMAGE " 2>&1 | grep -q 'pid %d is taken at level 0 by pid %d (guest-tests)'",
		 pid[1], pid[1]);
	expect(system(words), 0, "restart's complaint that a zombie has its pid");
	waitpid(other.pid, NULL, 0);
	comes_back(&r);
}

/* A pid without a task: a process group that has outlived its leader. */
static void taken_by_group(void)
{
	struct held leader, member;
	struct restored r;
	pid_t pid[32];
	char words[100];
	int n;

	record(&r, pid, &n);
	leader = hold(0, LIST(pid[2]));
	member = hold(0, NO_LIST);
	if (setpgid(leader.pid, leader.pid) < 0 || setpgid(member.pid, leader.pid) < 0)
		broken("setpgid");
	release(&leader);
	snprintf(words, sizeof(words), "pid %d is taken at level 0 by the process group of pid %d", pid[2], member.pid);
	refuse(words);
	release(&member);
	comes_back(&r);
}

/* The tree that is there already is in its own way, and does not suffer from it. */
static void twice(void)
{
	struct restored r;
	pid_t pid[32];
	char words[64];
	int n;

	/* One that has nothing but pids that can be taken. */
	record_tree(&r, record_here, pid, &n);
	restored_restart(&r, WAY_ALL);
	snprintf(words, sizeof(words), "pid %d is taken at level 0 by pid %d", r.root, r.root);
	refuse(words);
	restored_answer(&r);
	restored_end(&r);
}

/* A shell two containers down, and what it answers. */
static void ask(struct running *shell, const char *command, char *line, size_t size)
{
	if (dprintf(shell->in, "%s\n", command) < 0)
		broken("write to a shell");
	read_line(shell, line, size);
}

/* A task there, of which a pid at one level is taken; by whom is seen at the youngest alone. */
static void taken_at(const struct task *t, int level, struct running *shell)
{
	struct nspid middle = { .levels = 2, .pid = { 0 } };
	struct held other = { .fd = -1 };
	char line[300], want[100], command[200];
	struct tree all;

	if (level == 0) {
		other = hold(0, LIST(t->pid[0]));
	} else if (level == 1) {
		if (tree_read(&all, 0, false))
			broken("read all tasks");
		for (int i = 0; i < all.n; i++)
			if (all.task[i].levels == 2 && all.task[i].pid[1] == 1)
				middle.pid[0] = all.task[i].pid[0];
		tree_free(&all);
		enter_for_children(&(struct nspid){ 1, { middle.pid[0] } });
		other = hold(0, LIST(t->pid[1]));
	} else {
		snprintf(command, sizeof(command), "cwp -p %d sleep 1000 </dev/null >/dev/null 2>&1 & "
			 "until grep -qs sleep /proc/%d/comm; do usleep 10000; done; echo started", t->pid[2], t->pid[2]);
		ask(shell, command, line, sizeof(line));
	}
	snprintf(want, sizeof(want), "pid %d is taken at level %d by ", t->pid[level], level);
	if (level == 2)
		snprintf(want + strlen(want), sizeof(want) - strlen(want), "pid %d (sleep)", t->pid[level]);
	else
		strcat(want, "a task that cannot be seen from here");
	for (int i = 0; i < 2; i++) {
		ask(shell, i ? "restart -i image 2>&1" : "restart --clone3 -i image 2>&1", line, sizeof(line));
		if (!strstr(line, want))
			fail("expected `%s', saw `%s'", want, line);
	}
	if (level < 2) {
		release(&other);
	} else {
		snprintf(command, sizeof(command), "kill %d; wait; echo ended", t->pid[2]);
		ask(shell, command, line, sizeof(line));
	}
}

static void taken_at_level(int level)
{
	struct running shell;
	struct task t = { .levels = 0 };
	char line[300];
	struct tree all;
	pid_t pid;

	use_images();
	shell = START("unshare", "-pf", "unshare", "-pf", "sh");
	ask(&shell, "sleep 1000 </dev/null >/dev/null 2>&1 & echo $!", line, sizeof(line));
	pid = atoi(line);
	if (tree_read(&all, shell.pid, false))
		broken("read the containers");
	for (int i = 0; i < all.n; i++)
		if (all.task[i].levels == 3 && all.task[i].pid[2] == pid)
			t = all.task[i];
	tree_free(&all);
	expect(t.levels, 3, "levels of the task in the inner container");
	/* The shell waits for it, so that its pid is free then; for a restart it needs a /proc of its own. */
	if (dprintf(shell.in, "wait; exec unshare -m sh -c 'mount -t proc proc /proc && echo reaped && exec sh'\n") < 0)
		broken("write to a shell");
	succeeded(TOOL("checkpoint", "-o", IMAGE, number(t.pid[0])));
	read_line(&shell, line, sizeof(line));
	taken_at(&t, level, &shell);
	ask(&shell, "restart -i image 2>&1", line, sizeof(line));
	expect(atol(line), pid, "the pid of the restarted task (`%s')", line);
	finish_tool(&shell);
}

static void at_oldest(void)
{
	taken_at_level(0);
}

static void at_middle(void)
{
	taken_at_level(1);
}

static void at_youngest(void)
{
	taken_at_level(2);
}

static void no_privilege(void)
{
	struct tasks before;
	struct restored r;
	pid_t pid[32];
	int n;

	record(&r, pid, &n);
	list_tasks(&before);
	for (size_t i = 0; i < ARRAY_SIZE(methods); i++)
		complained(TOOL("unshare", "-U", "restart", "-i", IMAGE, methods[i]), 1, strerror(EPERM));
	same_tasks(&before, "a restart without privilege");
	comes_back(&r);
}

static void foreign_proc(void)
{
	struct tasks before;
	struct restored r;
	pid_t pid[32];
	int n;

	record(&r, pid, &n);
	list_tasks(&before);
	complained(TOOL("unshare", "-pf", "restart", "-i", IMAGE), 1, "/proc is not that of this pid namespace");
	complained(TOOL("unshare", "-pf", "checkpoint", "-o", IMAGE, "1"), 1, "/proc is not that of this pid namespace");
	same_tasks(&before, "a restart with another namespace's /proc");
	comes_back(&r);
}

/* From a stream into a stream; and what is no image. */
static void streams(void)
{
	struct restored r;
	char command[100];

	use_images();
	restored_start(&r, various_tree);
	snprintf(command, sizeof(command), "checkpoint -o - %d | restart -i -", r.root);
	expect(said_number(TOOL("sh", "-c", command)), r.root, "the pid of a tree that went through a pipe");
	restored_compare(&r, WAY_ALL);
	restored_answer(&r);
	restored_end(&r);
	complained(TOOL("restart", "-i", "none"), 1, "open `none': No such file");
	complained(TOOL("restart", "-i", "/dev/null"), 1, "`/dev/null' is not a checkpoint image");
	complained(TOOL("restart", "-i", "/mnt"), 1, "read `/mnt': Is a directory");
	write_file("text", "clone_with_pids checkpoint, version 1\ntasks 1\n", 46);
	complained(TOOL("restart", "-i", "text"), 1, "an image of version 1, a text; this program reads version 4");
	write_file("older", "clone_with_pids image 3\n", 24);
	complained(TOOL("restart", "-i", "older"), 1, "an image of version 3; this program reads version 4");
	write_file("newer", "clone_with_pids image 5\n", 24);
	complained(TOOL("restart", "-i", "newer"), 1, "an image of version 5; this program is older and reads version 4");
}

static const struct function_row functions[] = {
	{ "a taken pid of the oldest level, of each task and thread", taken },
	{ "a pid that a zombie has", taken_by_zombie },
	{ "a pid that a process group has", taken_by_group },
	{ "a tree that is there already", twice },
	{ "three levels, a taken pid at the oldest", at_oldest },
	{ "three levels, a taken pid at the middle one", at_middle },
	{ "three levels, a taken pid at the youngest", at_youngest },
	{ "no privilege", no_privilege },
	{ "another namespace's /proc", foreign_proc },
	{ "streams, and files that are no images", streams },
};

static const struct group restart_groups[] = { FUNCTIONS(functions) };

SUITE(restart, .slow = 2);
