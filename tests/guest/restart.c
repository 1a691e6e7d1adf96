// SPDX-License-Identifier: GPL-2.0
/*
 * What keeps restart from bringing the tree back: each time it says why, and nothing of the tree is left.  (Images
 * that are damaged: the suites `damage' and `unsound'.)
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include "application.h"
#include "nest.h"

static const char *const methods[] = { NULL, "--clone3" };

/* By each of the two calls: refused with these words, and there are the tasks that there were. */
static void refuse(const char *words, const char *more)
{
	struct tasks before;

	list_tasks(&before);
	for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
		const struct said *s = complained(TOOL("restart", "-i", IMAGE, methods[i]), 1, words);

		if (more && !strstr(s->err, more))
			fail("the complaint does not name `%s': `%.200s'", more, s->err);
		same_tasks(&before, "a restart that was refused");
	}
}

static void comes_back(pid_t root)
{
	expect(said_number(TOOL("restart", "-i", IMAGE)), root, "the first task's pid");
	end_application(root);
}

/* One pid of the oldest level is somebody else's. */
struct taken_row {
	const char *name;
	int id;			/* whose pid; by its place in the image */
};

static const struct taken_row taken_rows[] = {
	{ "a taken pid: the first task's", 0 },
	{ "a taken pid: a child's", 1 },
	{ "a taken pid: a container's init's", 4 },
	{ "a taken pid: the last task's", 8 },
};

static void run_taken(const void *row)
{
	const struct taken_row *r = row;
	struct image image;
	struct held other;
	pid_t root, pid;

	use_tools();
	recorded_application(&image);
	root = image.tree.task[0].pid[0];
	pid = image.tree.task[r->id].pid[0];
	other = hold(0, LIST(pid));
	refuse(number(pid), "guest-tests");
	release(&other);
	comes_back(root);
}

/* A pid without a task: a process group that has outlived its leader. */
static void taken_by_a_group(void)
{
	struct image image;
	struct held leader, member;
	pid_t pid;

	use_tools();
	recorded_application(&image);
	pid = image.tree.task[3].pid[0];
	leader = hold(0, LIST(pid));
	member = hold(0, NO_LIST);
	if (setpgid(pid, pid) < 0 || setpgid(member.pid, pid) < 0)
		broken("setpgid");
	release(&leader);
	refuse(number(pid), NULL);
	release(&member);
	comes_back(image.tree.task[0].pid[0]);
}

/* The tree that is there already is in its own way, and does not suffer from it. */
static void twice(void)
{
	struct image image;
	pid_t root;

	use_tools();
	recorded_application(&image);
	root = said_number(TOOL("restart", "-i", IMAGE));
	refuse(number(root), "outer-init");
	goes_on(root, &image);
	end_application(root);
}

static void no_privilege(void)
{
	struct tasks before;
	struct image image;

	use_tools();
	recorded_application(&image);
	list_tasks(&before);
	complained(TOOL("unshare", "-U", "restart", "-i", IMAGE), 1, strerror(EPERM));
	complained(TOOL("unshare", "-U", "restart", "--clone3", "-i", IMAGE), 1, strerror(EPERM));
	same_tasks(&before, "a restart without privilege");
}

/* However few files a process may have open, the tree is there, or nothing of it. */
static void few_files(void)
{
	struct tasks before;
	struct image image;
	bool done = false;
	pid_t root;

	use_tools();
	recorded_application(&image);
	root = image.tree.task[0].pid[0];
	list_tasks(&before);
	for (int n = 3; !done; n++) {
		const struct said *s;

		if (n > 30)
			fail("30 files are not enough");
		s = TOOL("sh", "-c", "ulimit -Sn $0; exec restart -i " IMAGE, number(n));
		done = !s->status;
		if (done)
			expect(said_number(s), root, "the first task's pid");
		else
			complained(s, 1, strerror(EMFILE));
		if (!done)
			same_tasks(&before, "a restart with few files");
	}
	goes_on(root, &image);
	end_application(root);
}

/* Three more levels than the kernel has. */
static void too_deep_inside(const void *arg)
{
	struct tasks before;

	use_tools();
	if (mount("proc", "/proc", "proc", 0, NULL) < 0)
		broken("mount /proc");
	list_tasks(&before);
	write_file(IMAGE, arg, strlen(arg));
	refuse(strerror(ENOSPC), "inner-init");
	same_tasks(&before, "a restart too deep");
}

static void too_deep(void)
{
	static char text[IMAGE_SIZE_MAX];
	struct image image;

	use_tools();
	recorded_application(&image);
	read_file(IMAGE, text, sizeof(text));
	at_level(30, too_deep_inside, text);
}

/* A /proc of another pid namespace cannot tell whether the tree is the same. */
static void foreign_proc(void)
{
	struct tasks before;
	struct image image;

	use_tools();
	recorded_application(&image);
	list_tasks(&before);
	complained(TOOL("unshare", "-pf", "restart", "-i", IMAGE), 1, "/proc");
	same_tasks(&before, "a restart with a foreign /proc");
}

static void no_image(void)
{
	use_tools();
	refuse(IMAGE, strerror(ENOENT));
}

/* Whoever ends in the middle of it takes all along: a tree that was never let go ends by itself. */
static void killed_meanwhile(void)
{
	struct tasks before;
	struct image image;

	use_tools();
	recorded_application(&image);
	list_tasks(&before);
	for (int i = 0; i < 10; i++) {
		struct tree tree;
		struct running r = START("restart", "-i", IMAGE);
		pid_t pid;

		/* A little further each time; what has been let go is the application, and is ended. */
		for (int yields = 0; yields < 40 * i; yields++)
			sched_yield();
		kill(r.pid, SIGKILL);
		finish_tool(&r);
		if (tree_read(&tree, getpid(), false))
			broken("read the tree of the case");
		pid = tree.n > 1 ? tree.task[1].pid[0] : 0;
		if (pid && tree.n == 1 + app_n_tasks)
			kill(pid, SIGKILL);
		tree_free(&tree);
		while (pid && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
		same_tasks(&before, "a restart that was killed");
	}
}

static const struct function_row functions[] = {
	{ "a pid taken by a process group", taken_by_a_group },
	{ "the tree is there already", twice },
	{ "no privilege", no_privilege },
	{ "too few files", few_files },
	{ "too deep", too_deep },
	{ "a foreign /proc", foreign_proc },
	{ "no image", no_image },
	{ "killed meanwhile", killed_meanwhile },
};

static const struct group restart_groups[] = {
	ROWS(taken_rows, run_taken),
	FUNCTIONS(functions),
};

SUITE(restart);
