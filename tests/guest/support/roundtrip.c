// SPDX-License-Identifier: GPL-2.0
/* Outside the tree: the test starts it, has it checkpointed and restarted, and compares. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include "cr/image/numbers.h"
#include "proc.h"
#include "lib/procfs.h"
#include "lib/wait.h"
#include "roundtrip.h"
#include "lib/tree.h"

#define IMAGE    "image"
#define BOUND_MS 30000

struct relation {
	char name[TASK_NAME];
	struct numbers tid, tgid, pgid, sid;
	int parent;			/* a row; -1: outside */
};

void use_images(void)
{
	use_tools();
	if (mount("tmpfs", "/mnt", "tmpfs", MS_REMOUNT, "size=75%"))
		broken("a larger folder");
}

bool restored_has_said(const char *line)
{
	char text[8192] = "\n", want[128], *complaint;

	if (!access(RESTORED_SAID, F_OK))
		read_file(RESTORED_SAID, text + 1, sizeof(text) - 1);
	complaint = strstr(text, "\nwrong: ");
	if (complaint) {
		complaint[strcspn(complaint + 1, "\n") + 1] = '\0';
		fail("the subject: %s", complaint + 1);
	}
	snprintf(want, sizeof(want), "\n%s\n", line);
	return strstr(text, want);
}

void restored_await(const char *line)
{
	long deadline = now_ms() + BOUND_MS;

	while (!restored_has_said(line)) {
		if (now_ms() > deadline)
			fail("the subject does not say `%s'", line);
		sleep_ms(3);
	}
}

static void read_relations(struct relations *out, pid_t root)
{
	struct tree tree;

	if (tree_read(&tree, root, true))
		broken("read the tree below pid %d", root);
	out->n = tree.n;
	out->row = calloc(tree.n, sizeof(*out->row));
	if (!out->row)
		broken("the tree's table");
	for (int i = 0; i < tree.n; i++) {
		struct relation *row = &out->row[i];
		char *status = procfs_text(tree.task[i].pid[0], "status");

		if (!status || !numbers_read(&row->tid, status, "NSpid") || !numbers_read(&row->tgid, status, "NStgid") ||
		    !numbers_read(&row->pgid, status, "NSpgid") || !numbers_read(&row->sid, status, "NSsid"))
			fail("pid %d of the tree has no status", tree.task[i].pid[0]);
		free(status);
		memcpy(row->name, tree.task[i].name, sizeof(row->name));
		row->parent = tree.task[i].parent;
	}
	tree_free(&tree);
}

static void forget_relations(struct relations *r)
{
	free(r->row);
	*r = (struct relations){ 0 };
}

/* The row of now that has the pids of this one; the first task may have no other level than the oldest. */
static const struct relation *find(const struct relations *now, const struct relation *was, uint32_t first,
				   unsigned int deeper)
{
	for (int i = 0; i < now->n; i++)
		if (now->row[i].tid.levels == was->tid.levels + deeper && numbers_kept(&was->tid, first, &now->row[i].tid))
			return &now->row[i];
	fail("no task has the pids %s of %s any more", numbers_text(&was->tid, (char[NUMBERS_TEXT]){ 0 }), was->name);
}

static void same_numbers(const struct relation *was, const char *what, const struct numbers *a, uint32_t first,
			 const struct numbers *b, unsigned int deeper)
{
	char before[NUMBERS_TEXT], now[NUMBERS_TEXT];

	if (b->levels != a->levels + deeper || !numbers_kept(a, first, b))
		fail("%s of %s: was %s, is %s", what, was->name, numbers_text(a, before), numbers_text(b, now));
}

void restored_compare(const struct restored *r, enum way way)
{
	uint32_t first = way == WAY_KNOWN, deeper = way == WAY_DEEPER;
	struct relations now;

	read_relations(&now, r->root);
	if (now.n != r->was.n)
		fail("the tree has %d tasks, and had %d", now.n, r->was.n);
	for (int i = 0; i < r->was.n; i++) {
		const struct relation *was = &r->was.row[i], *is = find(&now, was, first, deeper);

		if (strcmp(was->name, is->name))
			fail("the task with the pids of %s is %s", was->name, is->name);
		same_numbers(was, "pid", &was->tid, first, &is->tid, deeper);
		same_numbers(was, "thread group", &was->tgid, first, &is->tgid, deeper);
		/* A group or session of the test's own has no number in a container, and another one in a deeper one. */
		same_numbers(was, "process group", &was->pgid, deeper ? 1 : first, &is->pgid, deeper);
		same_numbers(was, "session", &was->sid, deeper ? 1 : first, &is->sid, deeper);
		if ((was->parent < 0) != (is->parent < 0))
			fail("%s has a parent in the tree only once", was->name);
		if (was->parent >= 0)
			same_numbers(was, "parent", &r->was.row[was->parent].tid, first, &now.row[is->parent].tid, deeper);
	}
	forget_relations(&now);
}

/* In a namespace of its own; by fork(), so that the C library knows its process. */
static pid_t fork_container(subject *run)
{
	int own = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);
	pid_t pid;

	if (own < 0 || unshare(CLONE_NEWPID))
		broken("unshare(CLONE_NEWPID)");
	pid = fork();
	if (pid < 0)
		broken("fork");
	if (!pid)
		run_inside(run);
	if (setns(own, CLONE_NEWPID))
		broken("setns to our own namespace");
	close(own);
	return pid;
}

void restored_start(struct restored *r, subject *run)
{
	*r = (struct restored){ .deeper.pid = 0 };
	unlink(RESTORED_SAID);
	unlink(RESTORED_GO);
	list_tasks(&r->before);
	r->root = fork_container(run);
	restored_await("ready");
	read_relations(&r->was, r->root);
}

const struct said *restored_checkpoint(struct restored *r)
{
	const struct said *said = succeeded(TOOL("checkpoint", "-o", IMAGE, number(r->root)));

	same_tasks(&r->before, "the checkpoint");
	return said;
}

/* By a shell that is the init of a container, one level deeper, until its standard input is closed. */
static pid_t restart_deeper(struct restored *r)
{
	char line[128];
	struct tree all;
	pid_t inner, root = 0;

	r->deeper = START("unshare", "-p", "-f", "-m", "--mount-proc", "sh", "-c",
			  "restart -i " IMAGE " || echo failed; read word");
	read_line(&r->deeper, line, sizeof(line));
	inner = atoi(line);
	if (!inner)
		fail("restart in a container: %s", line);
	if (tree_read(&all, r->deeper.pid, false))
		broken("read the tree of the container");
	for (int i = 0; i < all.n; i++)
		if (all.task[i].levels > 1 && all.task[i].pid[1] == inner)
			root = all.task[i].pid[0];
	tree_free(&all);
	if (!root)
		fail("restart in a container says pid %d, and no task has it", inner);
	return root;
}

static void continue_all(const struct restored *r)
{
	long deadline = now_ms() + BOUND_MS;

	for (int i = 0; i < r->was.n; i++) {
		pid_t pid = r->was.row[i].tid.nr[0];

		if (pid != r->was.row[i].tgid.nr[0] || task_state(pid) == 'Z')
			continue;
		while (task_state(pid) != 'T') {
			if (now_ms() > deadline)
				fail("after restart --stopped, pid %d is in state %c", pid, task_state(pid));
			sleep_ms(1);
		}
		if (kill(pid, SIGCONT))
			broken("kill(%d, SIGCONT)", pid);
	}
}

void restored_restart(struct restored *r, enum way way)
{
	switch (way) {
	case WAY_LEFT:
		fail("a tree that was left running needs no restart");
	case WAY_ALL:
		r->root = said_number(TOOL("restart", "-i", IMAGE));
		break;
	case WAY_CLONE3:
		r->root = said_number(TOOL("restart", "-i", IMAGE, "--clone3"));
		break;
	case WAY_KNOWN:
		r->root = said_number(TOOL("restart", "-i", IMAGE, "--pids=known"));
		break;
	case WAY_STOPPED:
		r->root = said_number(TOOL("restart", "-i", IMAGE, "--stopped"));
		break;
	case WAY_DEEPER:
		r->root = restart_deeper(r);
		break;
	}
	restored_compare(r, way);
	if (way == WAY_STOPPED)
		continue_all(r);
}

void restored_answer(const struct restored *r)
{
	char go[32], answer[40];

	(void)r;
	snprintf(go, sizeof(go), "%ld-%d", now_ms(), getpid());
	write_file(RESTORED_GO ".new", go, strlen(go));
	if (rename(RESTORED_GO ".new", RESTORED_GO))
		broken("rename a file");
	snprintf(answer, sizeof(answer), "right %s", go);
	restored_await(answer);
}

static void kill_all(const struct tree *tree)
{
	for (int i = 0; i < tree->n; i++)
		kill(tree->task[i].tgid, SIGKILL);
	for (int i = 0; i < tree->n; i++) {
		long deadline = now_ms() + BOUND_MS;

		while (!kill(tree->task[i].pid[0], 0)) {
			waitpid(-1, NULL, __WALL | WNOHANG);
			if (now_ms() > deadline)
				fail("pid %d of the tree does not end", tree->task[i].pid[0]);
			sleep_ms(1);
		}
	}
}

/* Most of them are about to end by themselves: who is gone already is none of the tree. */
void restored_end(struct restored *r)
{
	struct tree now;

	if (tree_read(&now, r->root, true))
		broken("read the tree below pid %d", r->root);
	if (r->deeper.pid)
		finish_tool(&r->deeper);	/* the kernel kills all in there */
	kill_all(&now);
	tree_free(&now);
	forget_relations(&r->was);
	while (waitpid(-1, NULL, __WALL | WNOHANG) > 0)
		;
	same_tasks(&r->before, "the end of the tree");
}

static void cycle(subject *run, enum way way)
{
	struct restored r;

	restored_start(&r, run);
	if (way == WAY_LEFT) {
		succeeded(TOOL("checkpoint", "--leave-running", "-o", IMAGE, number(r.root)));
		restored_compare(&r, way);
	} else {
		restored_checkpoint(&r);
		restored_restart(&r, way);
	}
	restored_answer(&r);
	restored_end(&r);
}

void run_subject(const void *row)
{
	const struct subject_row *r = row;
	unsigned int ways = r->ways ? r->ways : WAY_LEFT | WAY_ALL;

	use_images();
	for (enum way way = WAY_LEFT; way & EVERY_WAY; way <<= 1)
		if (ways & way)
			cycle(r->run, way);
}

void run_refusal(const void *row)
{
	const struct refusal_row *refusal = row;
	struct restored r;

	use_images();
	restored_start(&r, refusal->run);
	complained(TOOL("checkpoint", "-o", IMAGE, number(r.root)), 1, refusal->words);
	if (!access(IMAGE, F_OK))
		fail("there is an image of a tree that was refused");
	restored_compare(&r, WAY_LEFT);
	restored_answer(&r);
	restored_end(&r);
}
