// SPDX-License-Identifier: GPL-2.0
/*
 * What keeps checkpoint from writing.  Each time, one line says why, the tree continues unchanged, and no file is left,
 * complete or incomplete.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "roundtrip.h"

static void subject_with_pipe(void)
{
	char buf[8];
	int fds[2];

	MUST(!pipe(fds) && write(fds[1], "bytes", 5) == 5);
	record_here();
	MUST(read(fds[0], buf, sizeof(buf)) == 5);
}

static void one_line(const struct said *s)
{
	if (strchr(s->err, '\n')[1])
		fail("more than one line: `%.300s'", s->err);
}

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

/* The old image is in it, and there is room for a part of the new one. */
static void full_of_the_old(void)
{
	static const char page[4096];

	mount_there("size=32k");
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

static void nothing(void)
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
	{ "a file system with room for a part of it", full_of_the_old, "there/image", ENOSPC, "image" },
	{ "a file system with no more files", no_more_files, "there/image", ENOSPC, "other" },
	{ "a file system that is read-only", read_only, "there/image", EROFS, "image" },
	{ "a folder that is not there", nothing, "there/image", ENOENT, NULL },
	{ "a folder that is a file", file_as_folder, "file/image", ENOTDIR, NULL },
	{ "a folder in place of the file", folder, "there/image", 0, "image" },
	{ "a device in place of the file", device, "there/image", 0, "image" },
	{ "a name that is too long", long_name, long_path, ENAMETOOLONG, NULL },
	{ "no name", nothing, "", ENOENT, NULL },
};

static void run_place(const void *row)
{
	const struct place_row *r = row;
	struct stat before = { 0 }, after = { 0 };
	struct restored tree;
	const struct said *s;

	use_images();
	r->prepare();
	stat(r->path, &before);
	restored_start(&tree, subject_with_pipe);
	for (int leave = 0; leave <= 1; leave++) {
		s = complained(TOOL("checkpoint", "-o", r->path, number(tree.root), leave ? "-r" : NULL), 1, NULL);
		one_line(s);
		if (r->error && !strstr(s->err, strerror(r->error)))
			fail("the complaint does not give the reason `%s': `%.200s'", strerror(r->error), s->err);
		stat(r->path, &after);
		expect(after.st_ino, before.st_ino, "the file's inode");
		expect(after.st_size, before.st_size, "the file's size");
		if (r->holds)
			folder_holds("there", r->holds);
		restored_compare(&tree, WAY_LEFT);
	}
	folder_holds(".", r->holds ? "there said" : r->prepare == file_as_folder ? "file said" : "said");
	/* Elsewhere it can be written. */
	restored_checkpoint(&tree);
	restored_restart(&tree, WAY_ALL);
	restored_answer(&tree);
	restored_end(&tree);
}

/* Into a pipe whose reader goes away. */
static void closed_pipe(void)
{
	struct restored r;
	const struct said *s;
	char command[120];

	use_images();
	restored_start(&r, subject_with_pipe);
	snprintf(command, sizeof(command), "{ checkpoint -o - %d; echo $? >status; } | head -c 1000 >/dev/null", r.root);
	s = TOOL("sh", "-c", command);
	if (s->status || !strstr(s->err, "Broken pipe"))
		fail("expected a complaint about a broken pipe, saw `%.100s'", s->err);
	s = succeeded(TOOL("cat", "status"));
	expect(atol(s->out), 1, "checkpoint's exit status");
	restored_compare(&r, WAY_LEFT);
	restored_answer(&r);
	restored_end(&r);
}

/* The image of before is replaced in one step, and nobody but its owner reads it. */
static void replaced(void)
{
	struct restored r;
	struct stat st;

	use_images();
	restored_start(&r, subject_with_pipe);
	write_file("checkpoint.img", "old", 3);
	succeeded(TOOL("checkpoint", "-r", number(r.root)));
	folder_holds(".", "checkpoint.img said");
	if (stat("checkpoint.img", &st))
		broken("stat");
	expect(st.st_mode & 07777, 0600, "the image's mode");
	succeeded(TOOL("checkpoint", "--show", "checkpoint.img"));
	succeeded(TOOL("checkpoint", number(r.root)));
	expect(said_number(TOOL("restart")), r.root, "the first task's pid, from the default file");
	restored_compare(&r, WAY_ALL);
	restored_answer(&r);
	restored_end(&r);
}

/* What a command says with --debug, which is more than TOOL() keeps: steps, tasks and injected calls. */
static void explains(const char *command, const char *step, const char *of_task)
{
	char text[200];

	snprintf(text, sizeof(text), "%s 2>log >out && grep -q '^debug: .* ms: %s' log && grep -q '%s' log && "
		 "grep -q ': system call ' log", command, step, of_task);
	succeeded(TOOL("sh", "-c", text));
}

static void debugged(void)
{
	struct restored r;
	char command[40];

	use_images();
	restored_start(&r, subject_with_pipe);
	snprintf(command, sizeof(command), "checkpoint --debug %d", r.root);
	explains(command, "hold the tree below pid ", ": record pid ");
	explains("restart --debug", "create all processes$", ": rebuild process ");
	restored_compare(&r, WAY_ALL);
	restored_answer(&r);
	restored_end(&r);
}

static const struct function_row functions[] = {
	{ "a pipe that nobody reads", closed_pipe },
	{ "the image of before, in the default file", replaced },
	{ "with --debug", debugged },
};

static const struct group written_groups[] = { ROWS(places, run_place), FUNCTIONS(functions) };

SUITE(written);
