// SPDX-License-Identifier: GPL-2.0
/*
 * What checkpoint refuses, and what keeps it from writing: each time it says why, the tree goes on as if nothing had
 * been, and no file is left, whole or half.
 *
 * And whatever happens to the application, here it happens to its leaf, the task deepest in.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "application.h"
#include "nest.h"

static pid_t pid_of(pid_t root, const char *name)
{
	struct tree tree;
	pid_t pid;
	int at;

	read_application(&tree, root);
	at = tree_by_name(&tree, name);
	if (at < 0)
		fail("there is no task %s", name);
	pid = tree.task[at].pid[0];
	tree_free(&tree);
	return pid;
}

/* Refused with these words; everybody is still there, and goes on. */
static void refuse(pid_t root, pid_t whom, const char *words)
{
	struct tasks before;

	list_tasks(&before);
	complained(TOOL("checkpoint", "-o", IMAGE, number(whom)), 1, words);
	same_tasks(&before, "a checkpoint that was refused");
	folder_holds(".", "");
	if (root)
		goes_on(root, NULL);
}

static void not_the_application(void)
{
	struct running cat;
	char line[16];

	use_tools();
	cat = START("cat");
	refuse(0, cat.pid, number(cat.pid));
	if (write(cat.in, "here\n", 5) != 5)
		broken("write to cat");
	read_line(&cat, line, sizeof(line));
	expect(finish_tool(&cat), 0, "cat's exit status");
}

static void nobody(void)
{
	use_tools();
	refuse(0, 21001, "21001");
	refuse(0, 2147483647, "2147483647");
}

static void pid_1(void)
{
	use_tools();
	refuse(0, 1, "pid 1");
	if (task_state(1) == 't' || task_state(1) == 'T')
		fail("PID 1 is stopped");
}

static void a_kernel_thread(void)
{
	use_tools();
	refuse(0, 2, "pid 2");
}

static void itself(void)
{
	struct tasks before;

	use_tools();
	list_tasks(&before);
	complained(TOOL("sh", "-c", "exec checkpoint $$"), 1, NULL);
	same_tasks(&before, "a checkpoint of itself");
	folder_holds(".", "");
}

static void a_subtree(void)
{
	pid_t root;

	use_tools();
	root = start_application();
	refuse(root, pid_of(root, "middle-init"), NULL);
	refuse(root, pid_of(root, "leaf"), NULL);
	end_application(root);
}

/* Born in the container, and left to its init by a parent that has ended. */
static void stranger_below(pid_t root)
{
	struct nspid init = { 1, { root } };
	int release_pipe[2];
	pid_t pid;

	if (pipe(release_pipe) < 0)
		broken("pipe");
	pid = plain_clone(0);
	if (!pid) {
		enter_for_children(&init);
		pid = plain_clone(0);
		if (!pid) {
			if (!plain_clone(0))
				wait_for_release(release_pipe);
			_exit(0);
		}
		wait_ok(pid, "the stranger's parent");
		_exit(0);
	}
	wait_ok(pid, "the way to the stranger");
}

static void a_stranger(void)
{
	struct tree tree;
	pid_t root;

	use_tools();
	root = start_application();
	stranger_below(root);
	if (tree_read(&tree, root, false))
		broken("read the tree");
	expect(tree.n, app_n_tasks + 1, "tasks below the first one");
	complained(TOOL("checkpoint", "-o", IMAGE, number(root)), 1, "guest-tests");
	folder_holds(".", "");
	for (int i = 0; i < tree.n; i++)
		if (task_state(tree.task[i].pid[0]) == 't')
			fail("pid %d (%s) is still held", tree.task[i].pid[0], tree.task[i].name);
	end_application(root);
}

static void a_dead_task(void)
{
	pid_t root, leaf;

	use_tools();
	root = start_application();
	leaf = pid_of(root, "leaf");
	if (kill(leaf, SIGKILL) < 0)
		broken("kill the leaf");
	while (task_state(leaf) != 'Z')
		sched_yield();
	complained(TOOL("checkpoint", "-o", IMAGE, number(root)), 1, "leaf");
	folder_holds(".", "");
	expect(task_state(root) == 't', 0, "the first task is still held");
	end_application(root);
}

/* Somebody else traces a task: it can be had again when he is done. */
static void a_traced_task(void)
{
	struct image image;
	pid_t root, leaf;
	int status;

	use_tools();
	root = start_application();
	leaf = pid_of(root, "leaf");
	if (ptrace(PTRACE_SEIZE, leaf, NULL, NULL) < 0)
		broken("PTRACE_SEIZE");
	refuse(root, root, "leaf");
	if (ptrace(PTRACE_INTERRUPT, leaf, NULL, NULL) < 0 || waitpid(leaf, &status, __WALL) != leaf ||
	    ptrace(PTRACE_DETACH, leaf, NULL, NULL) < 0)
		broken("PTRACE_DETACH");
	record_application(root, &image);
}

static void no_privilege(void)
{
	struct tasks before;
	pid_t root;

	use_tools();
	root = start_application();
	list_tasks(&before);
	complained(TOOL("unshare", "-U", "checkpoint", "-o", IMAGE, number(root)), 1, strerror(EPERM));
	same_tasks(&before, "a checkpoint without privilege");
	folder_holds(".", "");
	goes_on(root, NULL);
	end_application(root);
}

static const struct function_row functions[] = {
	{ "not the application", not_the_application },
	{ "no such task", nobody },
	{ "PID 1", pid_1 },
	{ "a kernel thread", a_kernel_thread },
	{ "itself", itself },
	{ "a part of the application", a_subtree },
	{ "a stranger in the tree", a_stranger },
	{ "a task that has ended", a_dead_task },
	{ "a task that is traced", a_traced_task },
	{ "no privilege", no_privilege },
};

/*
 * Places that cannot be written to.  A row prepares its own, the folder `there', and says what is in it before and
 * after.
 */
struct place_row {
	const char *name;
	void (*prepare)(void);
	const char *path;
	int error;		/* 0: any */
	const char *holds;	/* in `there'; NULL: there is no such folder */
};

static void mount_there(const char *options)
{
	if (mkdir("there", 0700) < 0 || mount("tmpfs", "there", "tmpfs", 0, options) < 0)
		broken("mount a file system");
}

/* A page, and something is in it. */
static void full(void)
{
	static const char page[4096];

	mount_there("size=4k");
	write_file("there/other", page, sizeof(page));
}

/* Full, and the image of before is in it. */
static void full_of_the_old(void)
{
	static const char page[4096];

	mount_there("size=4k");
	write_file("there/image", page, sizeof(page));
}

static void no_more_files(void)
{
	mount_there("size=64k,nr_inodes=2");
	write_file("there/other", "", 0);
}

static void read_only(void)
{
	mount_there("size=64k");
	write_file("there/image", "old", 3);
	if (mount("none", "there", NULL, MS_REMOUNT | MS_RDONLY, NULL) < 0)
		broken("remount");
}

static void no_folder(void)
{
}

static void folder(void)
{
	if (mkdir("there", 0700) < 0 || mkdir("there/image", 0700) < 0)
		broken("mkdir");
}

static void file_as_folder(void)
{
	write_file("file", "", 0);
}

static void device(void)
{
	if (mkdir("there", 0700) < 0 || mknod("there/image", S_IFCHR | 0600, makedev(1, 3)) < 0)
		broken("mknod");
}

static char long_path[600];

static void long_name(void)
{
	memset(long_path, 'x', sizeof(long_path) - 1);
}

static const struct place_row places[] = {
	{ "a file system that is full", full, "there/image", ENOSPC, "other" },
	{ "a file system that is full of the old image", full_of_the_old, "there/image", ENOSPC, "image" },
	{ "a file system with no more files", no_more_files, "there/image", ENOSPC, "other" },
	{ "a file system that is read-only", read_only, "there/image", EROFS, "image" },
	{ "a folder that is not there", no_folder, "there/image", ENOENT, NULL },
	{ "a folder that is a file", file_as_folder, "file/image", ENOTDIR, NULL },
	{ "a folder in place of the file", folder, "there/image", 0, "image" },
	{ "a device in place of the file", device, "there/image", 0, "image" },
	{ "a name that is too long", long_name, long_path, ENAMETOOLONG, NULL },
	{ "no name", no_folder, "", ENOENT, NULL },
};

static void run_place(const void *row)
{
	const struct place_row *r = row;
	struct stat before = { 0 }, after = { 0 };
	struct tasks tasks;
	const struct said *s;
	pid_t root;

	use_tools();
	root = start_application();
	r->prepare();
	stat(r->path, &before);
	list_tasks(&tasks);
	for (int leave = 0; leave <= 1; leave++) {
		s = complained(TOOL("checkpoint", "-o", r->path, number(root), leave ? "-r" : NULL), 1, NULL);
		if (r->error && !strstr(s->err, strerror(r->error)))
			fail("the complaint does not give the reason `%s': `%.200s'", strerror(r->error), s->err);
		same_tasks(&tasks, "a checkpoint that could not be written");
		stat(r->path, &after);
		expect(after.st_ino, before.st_ino, "the file's inode");
		expect(after.st_size, before.st_size, "the file's size");
		if (r->holds)
			folder_holds("there", r->holds);
		goes_on(root, NULL);
	}
	folder_holds(".", r->holds ? "there" : r->prepare == file_as_folder ? "file" : "");
	/* Elsewhere it can be written. */
	succeeded(TOOL("checkpoint", "-o", IMAGE, number(root)));
}

static const struct group checkpoint_groups[] = {
	FUNCTIONS(functions),
	ROWS(places, run_place),
};

SUITE(checkpoint);
