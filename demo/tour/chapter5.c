// SPDX-License-Identifier: GPL-2.0
/*
 * One namespace deeper: the image is restarted inside another container.
 *
 * The container's init mounts a /proc of its own and restarts the image there,
 * with the same lists of pids.  The tour looks in from the machine, where each
 * task has one pid more.
 */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mount.h>
#include <sys/prctl.h>

#include "lesson.h"
#include "report.h"
#include "spawn.h"
#include "table.h"

#define RESTART_BOUND_MS 20000
#define CONTAINER_NAME "container"

static enum nav_kind predict(const struct image *image)
{
	const struct task *leaf = &image->tree.task[image->tree.n - 1];

	ui_screen(5, "One namespace deeper");
	ui_text("A container that was recorded on the machine is now restarted inside another\n"
		"container.  Its tasks get one pid more than the image knows: one in the\n"
		"machine's namespace, which is older than all those that were recorded.\n"
		"\n"
		"The list of pids is aligned to the youngest namespace.  The leaf's list is the\n"
		"same as before, and it has one more level now:\n\n");
	ui_print(COLOUR_CALL,
		 "    level of the machine    0       1       2       3       4\n"
		 "    pids[]                  -  %6d  %6d  %6d  %6d\n",
		 leaf->pid[0], leaf->pid[1], leaf->pid[2], leaf->pid[3]);
	ui_text("\n"
		"The levels that the list reaches are the known ones.  The level in front of it\n"
		"is unknown: there the kernel chooses.  The tree does not need to know how deep\n"
		"it is.\n\n");
	return ui_predict("which columns will be the same as before the checkpoint?\n"
			  "Can the pids of level 0 still be in use by others on the machine?\n");
}

/* The container's init: restart, say that it is done, stay. */
static void contain(const struct image *image, int fd)
{
	const struct restart_options how = { .method = RESTART_CLONE_WITH_PIDS, .die_with_caller = true };
	pid_t root = -1;

	prctl(PR_SET_NAME, CONTAINER_NAME);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) || mount("proc", "/proc", "proc", 0, NULL))
		report(errno, "mount the container's /proc");
	else
		root = restart(image, &how);
	if (write(fd, &root, sizeof(root)) != sizeof(root) || root < 0)
		_exit(EXIT_FAILED);
	for (;;)
		pause();
}

/* The container's pid on the machine, with the restarted tree in it; -1: reported. */
static pid_t start_container(const struct image *image)
{
	struct pollfd p = { .events = POLLIN };
	pid_t container, root = -1;
	int fds[2];

	if (pipe(fds))
		return -1;
	fflush(NULL);
	container = clone_without_pids(CLONE_NEWPID | CLONE_NEWNS, NULL, 0);
	if (!container) {
		close(fds[0]);
		contain(image, fds[1]);
	}
	close(fds[1]);
	p.fd = fds[0];
	if (container > 0 && (poll(&p, 1, RESTART_BOUND_MS) <= 0 ||
			      read(fds[0], &root, sizeof(root)) != sizeof(root) || root < 0)) {
		kill_tree(container);
		container = -1;
	}
	close(fds[0]);
	return container;
}

static enum nav_kind show(const struct image *image, const struct tree *now)
{
	struct comparison c = tree_compare(&image->tree, 0, now);
	enum nav_kind nav;

	ui_screen(5, "One namespace deeper: the table, from the machine");
	table_print(ui_out(), "after restart, one namespace deeper", now, 0);
	if (!comparison_equal(&c))
		return ui_failed("%d of %d pids, %d of %d relations are equal", c.pids_equal, c.pids,
				 c.relations_equal, c.relations);
	ui_print(COLOUR_GOOD, "L1 to L4 compared with L0 to L3 of the image: %d of %d pids equal\n",
		 c.pids_equal, c.pids);
	ui_text("L0 is the kernel's choice.  So the pids that the tree had on the machine may\n"
		"be somebody else's by now: in here they are numbers of the container.\n");
	nav = ui_pause();
	if (nav)
		return nav;

	ui_screen(5, "One namespace deeper: before and now");
	table_compare_print(ui_out(), &image->tree, now);
	ui_text("`same' means: the same at every level that was recorded.\n"
		"\n"
		"This is why the list is aligned to the youngest end, and why a restart needs\n"
		"all the pids of a task and not just one: the tree above is a container in a\n"
		"container in a container in a container, and each of them is intact.\n");
	return ui_pause();
}

static enum nav_kind lead(const struct image *image)
{
	enum nav_kind nav = predict(image);
	pid_t container;
	struct tree now;

	if (nav)
		return nav;
	container = start_container(image);
	if (container < 0)
		return ui_failed("the tree did not come back inside a container");
	if (tree_read(&now, container, false)) {
		nav = ui_failed("read the container's tree: %s", strerror(errno));
	} else {
		nav = show(image, &now);
		tree_free(&now);
	}
	if (kill_tree(container))
		return ui_failed("the container did not end");
	return nav;
}

enum nav_kind chapter5(void)
{
	return lesson_with_image(lead);
}
