// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

#include "lib/kill.h"
#include "lesson.h"
#include "lib/wait.h"

#define STEPS_BOUND_MS 60000
#define CHILD_BOUND_MS 20000

/* The logs as they were when the application was recorded. */
#define LOGS_THEN "/tmp/lesson.log"

static struct lesson recorded;

static void forget(void)
{
	tree_free(&recorded.before);
	free(recorded.logs);
	recorded.logs = NULL;
}

const struct lesson *lesson_recorded(void)
{
	return &recorded;
}

pid_t lesson_start_app(bool show)
{
	struct tree tree;
	pid_t root;
	int ret;

	root = command_run_for_pid(show, COMMAND("env", "APP=" LESSON_FOLDER, "app"));
	if (root < 0)
		return -1;
	if (tree_read(&tree, root, false)) {
		ui_failed("read the application's tree: %s", strerror(errno));
	} else {
		ret = lesson_wait_steps(&tree, LESSON_STEPS, true);
		tree_free(&tree);
		if (!ret)
			return root;
	}
	kill_tree(root);
	return -1;
}

static int keep_logs(void)
{
	return command_run(false, NULL, COMMAND("rm", "-rf", LOGS_THEN)) ||
	       command_run(false, NULL, COMMAND("cp", "-a", LESSON_LOGS, LOGS_THEN)) ? -1 : 0;
}

int lesson_put_logs_back(void)
{
	return command_run(false, NULL, COMMAND("cp", "-a", LOGS_THEN "/.", LESSON_LOGS));
}

int lesson_record(bool show, pid_t root, struct tree *before)
{
	char pid[16];

	forget();
	recorded.before = *before;
	*before = (struct tree){ 0 };
	snprintf(pid, sizeof(pid), "%d", root);
	if (command_run(show, NULL, COMMAND("checkpoint", "-o", LESSON_IMAGE, pid)) || keep_logs()) {
		kill_tree(root);
		forget();
		return -1;
	}
	recorded.logs = logs_read(LESSON_LOGS, &recorded.before);
	if (recorded.logs)
		return 0;
	ui_failed("read the application's logs: %s", strerror(errno));
	forget();
	return -1;
}

static int record_now(void)
{
	pid_t root = lesson_start_app(false);
	struct tree tree;

	if (root < 0)
		return -1;
	if (!tree_read(&tree, root, false))
		return lesson_record(false, root, &tree);
	ui_failed("read the application's tree: %s", strerror(errno));
	kill_tree(root);
	return -1;
}

enum nav_kind lesson_with_image(enum nav_kind (*lead)(const struct lesson *lesson))
{
	enum nav_kind nav;

	if ((!recorded.logs || access(LESSON_IMAGE, F_OK)) && record_now())
		return NAV_FAILED;
	nav = lead(&recorded);
	/* Somebody may have put something else in the image's place: it is made again when the chapter is repeated. */
	if (nav == NAV_FAILED)
		forget();
	return nav;
}

/* Continue the stopped tasks.  Those that have died need no signal. */
static void let_go(const struct tree *tree)
{
	for (int i = tree->n - 1; i >= 0; i--)
		kill(tree->task[i].pid[0], SIGCONT);
}

static enum nav_kind show_restarted(const struct lesson *lesson, const struct showing *s, const struct tree *first)
{
	enum nav_kind nav;
	struct tree now;

	if (s->look_first) {
		nav = s->table(lesson, first);
		if (nav)
			return nav;
		let_go(first);
	}
	if (lesson_wait_steps(&lesson->before, LESSON_STEPS, false))
		return NAV_FAILED;
	if (!s->look_first) {
		nav = s->table(lesson, first);
		if (nav)
			return nav;
	}
	if (tree_read(&now, first->task[0].pid[0], false))
		return ui_failed("read the new tree: %s", strerror(errno));
	nav = s->after(lesson, first, &now);
	tree_free(&now);
	return nav;
}

enum nav_kind lesson_restart(const struct lesson *lesson, const struct showing *s)
{
	const char *const argv[] = { "restart", "-i", LESSON_IMAGE, s->look_first ? "--stopped" : s->option,
				     s->look_first ? s->option : NULL, NULL };
	enum nav_kind nav;
	struct tree first;
	pid_t root;

	ui_screen(s->chapter, s->title);
	if (lesson_put_logs_back())
		return NAV_FAILED;
	root = command_run_for_pid(true, argv);
	if (root < 0)
		return NAV_FAILED;
	if (tree_read(&first, root, false)) {
		nav = ui_failed("read the new tree: %s", strerror(errno));
	} else {
		nav = show_restarted(lesson, s, &first);
		tree_free(&first);
	}
	if (kill_tree(root))
		return ui_failed("the restarted tree did not end");
	return nav;
}

static bool is_driver(const char *name)
{
	return !strcmp(name, "outer") || !strcmp(name, "middle") || !strcmp(name, "inner");
}

/* How many steps the slowest of the tasks that we wait for has taken since `first'. */
static int fewest_steps(const struct tree *tree, const struct log *first, const struct log *now, bool all)
{
	int fewest = -1;

	for (int i = 0; i < tree->n; i++) {
		int steps = now[i].value[LOG_STEPS] - first[i].value[LOG_STEPS];

		if (now[i].value[LOG_STEPS] >= 0 && (all || is_driver(tree->task[i].name)) &&
		    (fewest < 0 || steps < fewest))
			fewest = steps;
	}
	return fewest;
}

int lesson_wait_steps(const struct tree *tree, int n, bool all)
{
	long deadline = now_ms() + STEPS_BOUND_MS;
	struct log *first = logs_read(LESSON_LOGS, tree), *now = NULL;
	int fewest = 0;

	while (first && fewest < n && now_ms() < deadline) {
		sleep_ms(20);
		free(now);
		now = logs_read(LESSON_LOGS, tree);
		if (!now)
			break;
		fewest = fewest_steps(tree, first, now, all);
	}
	if (!first || !now)
		ui_failed("read the application's logs: %s", strerror(errno));
	else if (fewest < n)
		ui_failed("the application has not taken %d steps in %d seconds", n, STEPS_BOUND_MS / 1000);
	free(first);
	free(now);
	return fewest < n ? -1 : 0;
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
