// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "application.h"
#include "calls.h"
#include "report.h"

#define BOUND_MS 20000

/* More than this is counted before it is recorded, and after it was brought back. */
#define STEPS 4

void read_application(struct tree *tree, pid_t root)
{
	if (tree_read(tree, root, false))
		broken("read the tree below pid %d", root);
	expect(tree->n, app_n_tasks, "tasks below pid %d", root);
}

static void read_state(const struct task *t, struct app_state *s)
{
	if (app_state_read(t->pid[0], s))
		broken("read the state of pid %d (%s)", t->pid[0], t->name);
}

/* True when the task has gone some steps further than before. */
static bool further(const struct app_state *now, const struct app_state *before)
{
	bool heard = now->id == 0 || now->heard >= before->heard + STEPS;
	bool has_children = now->sent > before->sent;

	return now->steps >= before->steps + STEPS && heard &&
	       (!has_children || now->sent >= before->sent + STEPS);
}

static void still_knows(const char *name, const struct app_state *now, const struct app_state *before)
{
	expect(now->parent, before->parent, "the parent that %s remembers", name);
	for (int id = 0; id < APP_TASKS_MAX; id++)
		expect(now->child[id], before->child[id], "child %d that %s remembers", id, name);
	if (now->steps < before->steps)
		fail("%s has counted to %u, and before that to %u", name, now->steps, before->steps);
}

/* Until every task is further; the messages that went astray on the way. */
static long follow(pid_t root, const struct image *from, bool until_astray)
{
	static const struct app_state young;
	long deadline = now_ms() + BOUND_MS;

	for (;;) {
		bool all = true;
		long astray = 0;
		struct tree tree;

		read_application(&tree, root);
		for (int i = 0; i < tree.n; i++) {
			const struct app_state *before = &young;
			struct app_state now;

			read_state(&tree.task[i], &now);
			if (from) {
				before = &from->state[now.id];
				still_knows(tree.task[i].name, &now, before);
			}
			all &= further(&now, before);
			astray += now.lost - before->lost + now.strange - before->strange;
		}
		tree_free(&tree);
		if (until_astray ? astray > 0 : all)
			return astray;
		if (now_ms() > deadline)
			fail("the application does not go on within %d s%s", BOUND_MS / 1000,
			     until_astray ? " and lose messages" : "");
		sleep_ms(5);
	}
}

pid_t start_application(void)
{
	pid_t root = said_number(TOOL("app"));

	expect(follow(root, NULL, false), 0, "messages that went astray in a young application");
	return root;
}

void goes_on(pid_t root, const struct image *from)
{
	expect(follow(root, from, false), 0, "messages that went astray");
}

void goes_astray(pid_t root, const struct image *from)
{
	follow(root, from, true);
}

void read_image(struct image *image, const char *path)
{
	if (image_read(image, path))
		fail("the image `%s' is refused", path);
	expect(image->tree.n, app_n_tasks, "tasks in the image");
}

void record_application(pid_t root, struct image *image)
{
	succeeded(TOOL("checkpoint", "-o", IMAGE, number(root)));
	read_image(image, IMAGE);
	for (int i = 0; i < image->tree.n; i++) {
		if (!kill(image->tree.task[i].pid[0], 0) || errno != ESRCH)
			fail("after checkpoint there still is a task with pid %d", image->tree.task[i].pid[0]);
		granted(0, LIST(image->tree.task[i].pid[0]));
	}
}

void recorded_application(struct image *image)
{
	record_application(start_application(), image);
}

void same_pids(const struct image *image, int first_level, pid_t root, int deeper)
{
	struct tree tree;

	read_application(&tree, root);
	for (int i = 0; i < image->tree.n; i++) {
		const struct task *before = &image->tree.task[i], *now;
		int at = tree_by_name(&tree, before->name);

		if (at < 0)
			fail("there is no task %s", before->name);
		now = &tree.task[at];
		expect(now->levels, before->levels + deeper, "levels of %s", before->name);
		for (int level = first_level; level < before->levels; level++)
			expect(now->pid[level + deeper], before->pid[level], "the pid of %s at level %d",
			       before->name, level + deeper);
	}
	tree_free(&tree);
}

char *pidtable_of(pid_t root)
{
	char *text = strdup(succeeded(TOOL("pidtable", "-c", "ppid,pgid,sid", number(root)))->out);

	if (!text)
		broken("strdup");
	return text;
}

void end_application(pid_t root)
{
	if (kill(root, SIGKILL) < 0)
		broken("kill %d", root);
	while (waitpid(root, NULL, 0) < 0 && errno == EINTR)
		;
}
