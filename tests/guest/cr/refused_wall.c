// SPDX-License-Identifier: GPL-2.0
/* Refused: mounts that a restart could not make again, and files opened through mounts that no task of the tree has. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "calls.h"
#include "roundtrip.h"
#include "wall.h"

/* A container in which one thing is otherwise; and it is still so when the checkpoint has been refused. */
#define IN_CONTAINER(id, change, still) \
	static void id(void) \
	{ \
		contain(); \
		MUST(change); \
		record_here(); \
		MUST(still); \
	}

IN_CONTAINER(shared, !mount("none", "/tmp", NULL, MS_SHARED, NULL), true)
IN_CONTAINER(unbindable, !mount("none", "/dev/pts", NULL, MS_UNBINDABLE, NULL), true)
IN_CONTAINER(shared_proc, !mount("none", "/proc", NULL, MS_SHARED, NULL), true)
IN_CONTAINER(bound, !mount("/tmp", "/sys", NULL, MS_BIND, NULL), true)
IN_CONTAINER(unmounted, !umount("/dev/pts"), access("/dev/pts/ptmx", F_OK))
IN_CONTAINER(replaced, !umount("/tmp") && !mount("other", "/tmp", "tmpfs", 0, NULL), true)
IN_CONTAINER(proc_twice, !mount("proc", "/proc", "proc", 0, NULL), true)
IN_CONTAINER(no_proc, !umount("/proc") && !umount("/proc"), access("/proc/self", F_OK))
IN_CONTAINER(not_proc, !umount("/proc") && !mount("tmpfs", "/proc", "tmpfs", 0, NULL), access("/proc/self", F_OK))
IN_CONTAINER(hidden, !umount("/proc") && !mount("proc", "/proc", "proc", 0, "hidepid=2"), true)
IN_CONTAINER(no_links, !mount(NULL, "/proc", NULL, MS_REMOUNT | MS_BIND | MS_NOSYMFOLLOW, NULL), true)
IN_CONTAINER(part_of_proc, !mount("/proc/sys", "/proc/sys", NULL, MS_BIND, NULL), true)

static void hidden_flags(void)
{
	MUST(!unshare(CLONE_NEWNS) && !mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
	MUST(!mount(NULL, "/proc", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
	MUST(!mount("proc", "/proc", "proc", 0, NULL));
	record_here();
}

/* Opened in a mount namespace that nobody is in any more. */
static void lost_directory(void)
{
	int fd;

	contain();
	fd = opened(AT_FDCWD, "/", O_RDONLY | O_DIRECTORY);
	MUST(!unshare(CLONE_NEWNS));
	record_here();
	MUST(!faccessat(fd, "mnt", F_OK, 0));
}

static void lost_place(void)
{
	int fd;

	contain();
	fd = opened(AT_FDCWD, "/mnt", O_PATH);
	MUST(!unshare(CLONE_NEWNS));
	record_here();
	MUST(fcntl(fd, F_GETFL) & O_PATH);
}

/* The program was started by the mounts outside, which allow to write to it. */
static void lost_bounds(void)
{
	contain();
	MUST(!mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
	record_here();
}

/* A deleted one is made anew in /tmp. */
static void deleted_bounds(void)
{
	contain();
	MUST(!mount(NULL, "/dev", NULL, MS_REMOUNT | MS_BIND | MS_NOEXEC, NULL));
	opened(AT_FDCWD, "/dev/deleted", O_RDWR | O_CREAT);
	MUST(!unlink("/dev/deleted"));
	record_here();
}

/* What could not be opened again, once the tree is gone. */
static void no_program(void)
{
	void *program;

	contain();
	program = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, opened(AT_FDCWD, "/tmp/program", O_RDWR | O_CREAT), 0);
	MUST(program != MAP_FAILED && !mount(NULL, "/tmp", NULL, MS_REMOUNT | MS_BIND | MS_NOEXEC, NULL));
	record_here();
}

static void no_device(void)
{
	int fd;

	contain();
	fd = opened(AT_FDCWD, "/dev/zero", O_RDONLY);
	MUST(!mount(NULL, "/dev", NULL, MS_REMOUNT | MS_BIND | MS_NODEV, NULL));
	record_here();
	MUST(read(fd, &fd, 1) == 1);
}

static void deleted_read_only(void)
{
	int fd;

	contain();
	close(opened(AT_FDCWD, "/tmp/deleted", O_WRONLY | O_CREAT));
	fd = opened(AT_FDCWD, "/tmp/deleted", O_RDONLY);
	MUST(!unlink("/tmp/deleted") && !mount(NULL, "/tmp", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
	record_here();
	SAME(read(fd, &fd, 1), 0);
}

/* A process in another mount namespace than its working directory. */
static void other_directory(void)
{
	int fd;

	contain();
	fd = opened(AT_FDCWD, "/", O_RDONLY | O_DIRECTORY);
	MUST(!unshare(CLONE_NEWNS) && !fchdir(fd));
	close(fd);
	record_here();
}

static void nobody_at_the_root(void)
{
	volatile uint32_t *word = share_words();

	MUST(!mkdir("/mnt/jail", 0700) || errno == EEXIST);
	if (!plain_clone(CLONE_NEWNS)) {
		MUST(!chroot("/mnt/jail") && !chdir("/"));
		word[0] = 1;
		for (;;)
			pause();
	}
	await_word(word, 1);
	record_here();
}

/* /dev/zero for all to see, and open for reading alone. */
static void read_only_zero(void)
{
	int fd = opened(AT_FDCWD, "/dev/zero", O_RDONLY);

	MUST(mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0) != MAP_FAILED);
	record_here();
}

static const struct refusal_row refusals[] = {
	{ "shared mounts", shared, "its mount `/tmp' shares its mounts with others" },
	{ "an unbindable mount", unbindable, "its mount `/dev/pts' shares its mounts with others, or must not be bound" },
	{ "a shared /proc", shared_proc, "its mount `/proc' shares its mounts with others" },
	{ "a directory that is bound to another", bound, "its mount `/sys' is not one of the caller's" },
	{ "a mount that is gone", unmounted, "its mount `/dev/pts' is one of the caller's, but missing" },
	{ "another file system", replaced, "its mount `/tmp' is of a different file system from ours" },
	{ "two of /proc", proc_twice, "its mount `/proc' is not what its parent mount namespace has" },
	{ "no /proc", no_proc, "its mount `/proc' is not what its parent mount namespace has, with at most one more on top" },
	{ "another thing on /proc", not_proc, "its mount `/proc' is not proc" },
	{ "a /proc with options", hidden, "its mount `/proc' has file system options that are not restored" },
	{ "a /proc whose links lead nowhere", no_links, "its mount `/proc' is nosymfollow" },
	{ "a part of /proc", part_of_proc, "its mount `/proc/sys' is not one of the caller's" },
	{ "flags of a mount below another", hidden_flags, "its mount `/proc' is hidden by another one" },
	{ "a directory that was opened by mounts that are gone", lost_directory, "a directory of a mount namespace outside" },
	{ "a place that was opened by mounts that are gone", lost_place, "a directory of a mount namespace outside" },
	{ "a program that was started by a mount with other options", lost_bounds, "opened by way of a mount that has other" },
	{ "a deleted file on a mount with other options", deleted_bounds, "a mount that has other options than /tmp" },
	{ "a program on a mount that is noexec by now", no_program, "a mount that has become noexec" },
	{ "a device on a mount that is nodev by now", no_device, "a device on a mount that has become nodev" },
	{ "a deleted file on a mount that is read-only by now", deleted_read_only, "on a mount that is read-only by now" },
	{ "a working directory in another mount namespace", other_directory, "its working directory, `/'" },
	{ "a mount namespace in which all have changed their root", nobody_at_the_root,
	  "no task has the root directory of its mount namespace" },
	{ "memory of /dev/zero that can never be written to", read_only_zero, "shared, and can never be written to" },
};

static const struct group refused_wall_groups[] = { REFUSALS(refusals) };
SUITE(refused_wall);
