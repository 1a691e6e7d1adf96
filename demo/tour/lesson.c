// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

#include "checkpoint.h"
#include "lesson.h"
#include "report.h"
#include "spawn.h"

#define STEPS_BOUND_MS 20000
#define CHILD_BOUND_MS 20000

static int get_image(struct image *image)
{
	pid_t root;

	if (!access(LESSON_IMAGE, F_OK))
		return image_read(image, LESSON_IMAGE);

	root = app_start(true);
	if (root < 0)
		return -1;
	if (lesson_wait_steps(root, LESSON_STEPS) || checkpoint(image, root, LESSON_IMAGE, false)) {
		kill_tree(root);
		return -1;
	}
	return 0;
}

/* Somebody may have put another image in its place; the chapters speak of these tasks. */
static bool is_of_the_lesson(const struct image *image)
{
	if (image->tree.n != app_n_tasks)
		return false;
	for (int id = 0; id < app_n_tasks; id++)
		if (strcmp(image->tree.task[id].name, app_tasks[id].name))
			return false;
	return true;
}

enum nav_kind lesson_with_image(enum nav_kind (*lead)(const struct image *image))
{
	struct image image;
	enum nav_kind nav;

	if (get_image(&image))
		return ui_failed("there is no image to restart");
	if (is_of_the_lesson(&image))
		nav = lead(&image);
	else
		nav = ui_failed(LESSON_IMAGE " is not the lesson's: chapter 2 makes it again");
	image_free(&image);
	return nav;
}

static enum nav_kind show_running(const struct image *image, pid_t root,
				  enum nav_kind (*show)(const struct image *image, const struct tree *now))
{
	enum nav_kind nav;
	struct tree now;

	if (lesson_wait_steps(root, LESSON_STEPS))
		return ui_failed("the restarted application does not count");
	if (tree_read(&now, root, false))
		return ui_failed("read the new tree: %s", strerror(errno));
	nav = show(image, &now);
	tree_free(&now);
	return nav;
}

enum nav_kind lesson_restart(const struct image *image, enum restart_method method,
			     enum nav_kind (*show)(const struct image *image, const struct tree *now))
{
	const struct restart_options how = { .method = method, .die_with_caller = true };
	pid_t root = restart(image, &how);
	enum nav_kind nav;

	if (root < 0)
		return ui_failed("the tree was not restarted");
	nav = show_running(image, root, show);
	if (kill_tree(root))
		return ui_failed("the restarted tree did not end");
	return nav;
}

static int fewest_steps(pid_t root, unsigned int *steps)
{
	struct tree tree;

	if (tree_read(&tree, root, false)) {
		report(errno, "read the tree below pid %d", root);
		return -1;
	}
	*steps = ~0U;
	for (int i = 0; i < tree.n; i++) {
		struct app_state s;

		if (app_state_read(tree.task[i].pid[0], &s)) {
			report(errno, "read the state of `%s'", tree.task[i].name);
			tree_free(&tree);
			return -1;
		}
		if (s.steps < *steps)
			*steps = s.steps;
	}
	tree_free(&tree);
	return 0;
}

int lesson_wait_steps(pid_t root, unsigned int n)
{
	long deadline = now_ms() + STEPS_BOUND_MS;
	unsigned int first, now;

	if (fewest_steps(root, &first))
		return -1;
	do {
		if (now_ms() > deadline) {
			report(ETIMEDOUT, "wait for the application below pid %d to take %u steps", root, n);
			return -1;
		}
		sleep_ms(20);
		if (fewest_steps(root, &now))
			return -1;
	} while (now < first + n);
	return 0;
}

int lesson_messages(const struct image *before, const struct tree *now, struct messages *sum)
{
	FILE *f = ui_out();

	*sum = (struct messages){ 0 };
	fprintf(f, "%-20s%16s |  messages since then\n", "", "counter    ");
	fprintf(f, "%-20s%9s%7s |%6s%10s%7s%7s%9s\n", "NAME", "recorded", "now",
		"sent", "answered", "heard", "LOST", "STRANGE");
	for (int id = 0; id < before->tree.n; id++) {
		const struct app_state *b = &before->state[id];
		const struct task *t = &before->tree.task[id];
		int i = tree_by_name(now, t->name);
		struct app_state s;

		if (i < 0 || app_state_read(now->task[i].pid[0], &s)) {
			report(i < 0 ? ESRCH : errno, "read the state of `%s'", t->name);
			return -1;
		}
		fprintf(f, "%*s%-*s%9u%7u |%6u%10u%7u%7u%9u\n", 2 * t->depth, "", 20 - 2 * t->depth, t->name,
			b->steps, s.steps, s.sent - b->sent, s.answered - b->answered,
			s.heard - b->heard, s.lost - b->lost, s.strange - b->strange);
		sum->steps += s.steps - b->steps;
		sum->sent += s.sent - b->sent;
		sum->answered += s.answered - b->answered;
		sum->heard += s.heard - b->heard;
		sum->lost += s.lost - b->lost;
		sum->strange += s.strange - b->strange;
	}
	fputc('\n', f);
	return 0;
}

int lesson_in_child(int (*fn)(void *), void *arg)
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (!pid)
		_exit(fn(arg));
	if (pid < 0 || wait_bounded(pid, &status, 0, CHILD_BOUND_MS) || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

const char *errno_name(int error)
{
	static const struct { int error; const char *name; } names[] = {
		{ 0, "ok" }, { EPERM, "EPERM" }, { EINVAL, "EINVAL" }, { EFAULT, "EFAULT" },
		{ EBUSY, "EBUSY" }, { EEXIST, "EEXIST" }, { EAGAIN, "EAGAIN" }, { ENOSYS, "ENOSYS" },
		{ ENOMEM, "ENOMEM" }, { ENOSPC, "ENOSPC" }, { ESRCH, "ESRCH" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (names[i].error == error)
			return names[i].name;
	return strerror(error);
}
