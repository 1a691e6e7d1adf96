// SPDX-License-Identifier: GPL-2.0
/*
 * The container's wall: what a task has opened through the mounts of its container is opened through them again, and
 * allows no more than before.  Each row of the table in docs/checkpoint.md ("The wall") is a row here.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "calls.h"
#include "roundtrip.h"
#include "wall.h"

/* Who is 1 in the /proc behind a root directory: in a container the subject itself, elsewhere PID 1. */
static void sees_own_proc(int root)
{
	char self[16] = "", name[16] = "", own[16] = "";
	int fd = opened(root, "proc/1/comm", O_RDONLY);

	MUST(read(fd, name, sizeof(name) - 1) > 0);
	close(fd);
	fd = opened(AT_FDCWD, "/proc/self/comm", O_RDONLY);
	MUST(read(fd, own, sizeof(own) - 1) > 0);
	close(fd);
	MUST(!strcmp(name, own) && readlinkat(root, "proc/self", self, sizeof(self) - 1) == 1 && *self == '1');
}

static void directories(void)
{
	struct stat above, root;
	int fd, deep, up;

	contain();
	fd = opened(AT_FDCWD, "/", O_RDONLY | O_DIRECTORY);
	deep = opened(AT_FDCWD, "/mnt", O_RDONLY | O_DIRECTORY);
	record_here();
	sees_own_proc(fd);
	OURS(fd);
	OURS(deep);
	up = opened(deep, "..", O_PATH);
	sees_own_proc(up);
	OURS(up);
	MUST(!fchdir(deep) && !chdir("..") && !stat(".", &above) && !stat("/", &root));
	SAME(above.st_ino, root.st_ino);
	sees_own_proc(AT_FDCWD);
}

static void places(void)
{
	char byte;
	int fd, file;

	contain();
	fd = opened(AT_FDCWD, "/", O_PATH);
	file = opened(AT_FDCWD, "/mnt/place", O_RDWR | O_CREAT);
	close(file);
	file = opened(AT_FDCWD, "/mnt/place", O_PATH);
	record_here();
	sees_own_proc(fd);
	OURS(fd);
	OURS(file);
	MUST(fcntl(fd, F_GETFL) & O_PATH && fcntl(file, F_GETFL) & O_PATH);
	MUST(read(file, &byte, 1) < 0 && errno == EBADF && write(file, "w", 1) < 0 && errno == EBADF);
}

static void files(void)
{
	int reads, writes, null, fifo, other;
	char byte;

	contain();
	reads = opened(AT_FDCWD, "/mnt/file", O_RDONLY | O_CREAT);
	writes = opened(AT_FDCWD, "/mnt/file", O_WRONLY);
	null = opened(AT_FDCWD, "/dev/null", O_RDONLY);
	MUST(!mkfifo("/mnt/fifo", 0600) || errno == EEXIST);
	fifo = opened(AT_FDCWD, "/mnt/fifo", O_RDONLY | O_NONBLOCK);
	other = opened(AT_FDCWD, "/mnt/fifo", O_WRONLY | O_NONBLOCK);
	record_here();
	OURS(reads);
	OURS(writes);
	OURS(null);
	OURS(fifo);
	OURS(other);
	MUST(write(reads, "w", 1) < 0 && errno == EBADF && read(writes, &byte, 1) < 0 && errno == EBADF);
	MUST(write(null, "w", 1) < 0 && errno == EBADF && write(fifo, "w", 1) < 0 && errno == EBADF);
	MUST(read(other, &byte, 1) < 0 && errno == EBADF);
	SAME(write(other, "f", 1), 1);
	SAME(read(fifo, &byte, 1), 1);
}

static void deleted(void)
{
	int fd;

	contain();
	fd = opened(AT_FDCWD, "/mnt/deleted", O_RDWR | O_CREAT);
	MUST(!unlink("/mnt/deleted"));
	record_here();
	OURS(fd);
	MUST(linkat(fd, "", AT_FDCWD, "/tmp/linked", AT_EMPTY_PATH) < 0);
}

/* Shared by a container and the one around it: it stays one of the outer one. */
static void of_both(void)
{
	volatile uint32_t *word = share_words();
	char self[16] = "";
	int outer, outer_mount;
	pid_t child;

	contain();
	outer = opened(AT_FDCWD, "/", O_RDONLY | O_DIRECTORY);
	child = plain_clone(CLONE_NEWPID | CLONE_NEWNS);
	if (!child) {
		MUST(!mount("proc", "/proc", "proc", 0, NULL));
		word[0] = 1;
		await_word(&word[1], 1);
		MUST(!has_mount(getpid(), mount_of(outer)));
		MUST(readlinkat(outer, "proc/self", self, sizeof(self) - 1) > 0 && atoi(self) > 1);
		word[0] = 2;
		for (;;)
			pause();
	}
	await_word(word, 1);
	outer_mount = mount_of(outer);
	MUST(has_mount(getpid(), outer_mount) && !has_mount(child, outer_mount));
	record_here();
	OURS(outer);
	word[1] = 1;
	await_word(word, 2);
}

/* What is mapped, and the program itself: behind links of /proc. */
static void programs(void)
{
	char path[64];
	int fd = opened(AT_FDCWD, "/mnt/mapped", O_RDWR | O_CREAT), way;
	char *p;

	contain();
	close(fd);
	fd = opened(AT_FDCWD, "/mnt/mapped", O_RDWR);
	MUST(!ftruncate(fd, 4096));
	p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	MUST(p != MAP_FAILED);
	close(fd);
	record_here();
	snprintf(path, sizeof(path), "/proc/self/map_files/%lx-%lx", (unsigned long)p, (unsigned long)p + 4096);
	way = opened(AT_FDCWD, path, O_PATH);
	OURS(way);
	way = opened(AT_FDCWD, "/proc/self/exe", O_PATH);
	OURS(way);
	*p = 'w';
}

/* A mapping of a file that was open for reading alone can never be written to, though all see it. */
static void read_only_mapping(void)
{
	int fd = opened(AT_FDCWD, "/mnt/mapped", O_RDWR | O_CREAT), reads;
	char *p, *q;

	MUST(!ftruncate(fd, 4096));
	reads = opened(AT_FDCWD, "/mnt/mapped", O_RDONLY);
	p = mmap(NULL, 4096, PROT_READ, MAP_SHARED, reads, 0);
	q = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	MUST(p != MAP_FAILED && q != MAP_FAILED && mprotect(p, 4096, PROT_READ | PROT_WRITE));
	close(fd);
	close(reads);
	record_here();
	MUST(mprotect(p, 4096, PROT_READ | PROT_WRITE) && errno == EACCES);
	MUST(!mprotect(q, 4096, PROT_READ | PROT_WRITE));
	*q = 'q';
	SAME(*p, 'q');
}

/* Changed root directories: above one there is nothing, and it is on a mount of the container. */
static void changed_root(void)
{
	volatile uint32_t *word = share_words();
	struct stat root, above;
	char path[32];
	pid_t child;
	int fd;

	MUST(!mkdir("/mnt/jail", 0700) || errno == EEXIST);
	contain();
	child = fork();
	if (!child) {
		MUST(!chroot("/mnt/jail") && !chdir("/"));
		word[0] = 1;
		await_word(&word[1], 1);
		MUST(!stat("/", &root) && !stat("/..", &above));
		word[0] = root.st_ino == above.st_ino ? 2 : 3;
		for (;;)
			pause();
	}
	await_word(word, 1);
	record_here();
	snprintf(path, sizeof(path), "/proc/%d/root", child);
	fd = opened(AT_FDCWD, path, O_PATH);
	OURS(fd);
	snprintf(path, sizeof(path), "/proc/%d/cwd", child);
	fd = opened(AT_FDCWD, path, O_PATH);
	OURS(fd);
	word[1] = 1;
	await_word(word, 2);
}

#define PTY_PATH 32

/* And the path of its slave. */
static int open_master(char path[PTY_PATH])
{
	int master = opened(AT_FDCWD, "/dev/ptmx", O_RDWR | O_NOCTTY), number, unlocked = 0;

	MUST(!ioctl(master, TIOCSPTLCK, &unlocked) && !ioctl(master, TIOCGPTN, &number));
	snprintf(path, PTY_PATH, "/dev/pts/%d", number);
	return master;
}

/* A terminal of the container: both ends, and as the controlling one of a session. */
static void terminal(void)
{
	volatile uint32_t *word = share_words();
	char path[PTY_PATH];
	int master, slave;
	pid_t child;

	contain();
	master = open_master(path);
	slave = opened(AT_FDCWD, path, O_RDWR | O_NOCTTY);
	child = fork();
	if (!child) {
		MUST(setsid() == getpid() && !ioctl(slave, TIOCSCTTY, 0));
		close(master);
		word[0] = 1;
		await_word(&word[1], 1);
		OURS(slave);
		word[0] = tcgetsid(opened(AT_FDCWD, "/dev/tty", O_RDWR)) == getpid() ? 2 : 3;
		for (;;)
			pause();
	}
	await_word(word, 1);
	record_here();
	OURS(master);
	OURS(slave);
	SAME(tcgetsid(master), child);
	SAME(tcgetpgrp(master), child);
	word[1] = 1;
	await_word(word, 2);
}

/* The end that somebody outside has, and the one that is opened by its name in the container. */
static void terminal_of_both(void)
{
	volatile uint32_t *word = share_words();
	char path[PTY_PATH];
	int master, slave;
	pid_t child;

	contain();
	master = open_master(path);
	child = plain_clone(CLONE_NEWNS);
	if (!child) {
		slave = opened(AT_FDCWD, path, O_RDWR | O_NOCTTY);
		word[0] = 1;
		await_word(&word[1], 1);
		OURS(slave);
		MUST(!has_mount(getpid(), mount_of(master)));
		MUST(write(slave, "x", 1) == 1);
		word[0] = 2;
		for (;;)
			pause();
	}
	await_word(word, 1);
	record_here();
	OURS(master);
	word[1] = 1;
	await_word(word, 2);
	MUST(read(master, path, sizeof(path)) == 1 && *path == 'x');
}

#define ALL_WAYS (WAY_LEFT | WAY_ALL | WAY_CLONE3 | WAY_DEEPER)

static const struct subject_row subjects[] = {
	{ "a directory of a container", directories, ALL_WAYS },
	{ "a place of a container", places, ALL_WAYS },
	{ "files, devices and fifos of a container", files, ALL_WAYS },
	{ "a deleted file of a container", deleted, ALL_WAYS },
	{ "a directory of the outer one in the inner one", of_both, WAY_LEFT | WAY_ALL | WAY_DEEPER },
	{ "the program and what is mapped", programs, WAY_ALL | WAY_DEEPER },
	{ "a mapping that can never be written to", read_only_mapping, 0 },
	{ "a root directory", changed_root, ALL_WAYS },
	{ "a terminal of a container", terminal, ALL_WAYS },
	{ "a terminal of two mount namespaces", terminal_of_both, WAY_LEFT | WAY_ALL | WAY_DEEPER },
};

static int outside;	/* the number of a terminal of the test's own */

static void outside_terminal(void)
{
	char path[PTY_PATH];
	int fd;

	snprintf(path, sizeof(path), "/dev/pts/%d", outside);
	fd = opened(AT_FDCWD, path, O_RDWR | O_NOCTTY);
	MUST(dup2(fd, 0) == 0);
	close(fd);
	record_here();
}

/* What stands in for a terminal outside must not be a directory. */
static void directory_as_stdin(void)
{
	struct restored r;
	int master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC), unlocked = 0;

	if (master < 0 || ioctl(master, TIOCSPTLCK, &unlocked) || ioctl(master, TIOCGPTN, &outside))
		broken("a terminal");
	use_images();
	restored_start(&r, outside_terminal);
	remarked(TOOL("checkpoint", "-o", "image", number(r.root)), "the terminal `/dev/pts/");
	complained(TOOL("sh", "-c", "exec restart -i image </"), 1, "our own descriptor 0 is a directory");
	same_tasks(&r.before, "a restart that was refused");
	restored_restart(&r, WAY_ALL);
	restored_answer(&r);
	restored_end(&r);
}

static const struct function_row functions[] = {
	{ "a directory as standard input", directory_as_stdin },
};

static const struct group restored_wall_groups[] = { SUBJECTS(subjects), FUNCTIONS(functions) };
SUITE(restored_wall);
