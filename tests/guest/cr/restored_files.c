// SPDX-License-Identifier: GPL-2.0
/*
 * Files come back: where they were read and written, with their flags, shared by those who shared them; deleted ones
 * with their contents; directories, devices, places; and what the kernel says of each descriptor is what it was.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/kcmp.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "calls.h"
#include "lib/procfs.h"
#include "roundtrip.h"

#define DIGITS "0123456789"

static int make_file(const char *path, int flags)
{
	int fd = open(path, flags | O_CREAT, 0640);

	MUST(fd >= 0);
	return fd;
}

static bool same_description(int a, int b)
{
	pid_t pid = getpid();

	return syscall(SYS_kcmp, pid, pid, KCMP_FILE, a, b) == 0;
}

static void position_and_flags(void)
{
	int first = make_file("data", O_RDWR | O_TRUNC), second, third;
	char buf[8] = "";

	MUST(write(first, DIGITS, 10) == 10);
	MUST(lseek(first, 4, SEEK_SET) == 4);
	second = open("data", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	third = open("data", O_WRONLY | O_APPEND | O_NOATIME);
	MUST(second >= 0 && third >= 0 && lseek(second, 2, SEEK_SET) == 2);
	MUST(dup2(first, 40) == 40 && dup3(second, 900, O_CLOEXEC) == 900);
	record_here();
	SAME(lseek(first, 0, SEEK_CUR), 4);
	SAME(lseek(second, 0, SEEK_CUR), 2);
	SAME(fcntl(first, F_GETFL) & ~O_LARGEFILE, O_RDWR);
	SAME(fcntl(second, F_GETFL) & ~O_LARGEFILE, O_RDONLY | O_NONBLOCK);
	SAME(fcntl(third, F_GETFL) & ~O_LARGEFILE, O_WRONLY | O_APPEND | O_NOATIME);
	SAME(fcntl(first, F_GETFD), 0);
	SAME(fcntl(second, F_GETFD), FD_CLOEXEC);
	SAME(fcntl(40, F_GETFD), 0);
	SAME(fcntl(900, F_GETFD), FD_CLOEXEC);
	MUST(same_description(first, 40) && same_description(second, 900) && !same_description(first, second));
	SAME(lseek(40, 7, SEEK_SET), 7);
	SAME(lseek(first, 0, SEEK_CUR), 7);
	SAME(lseek(second, 0, SEEK_CUR), 2);
	MUST(write(third, "ab", 2) == 2 && pread(second, buf, 8, 9) == 3 && !memcmp(buf, "9ab", 3));
	MUST(fcntl(3, F_GETFD) >= 0 && fcntl(39, F_GETFD) < 0 && fcntl(901, F_GETFD) < 0);
}

static void shared_after_fork(void)
{
	volatile uint32_t *word = share_words();
	int shared = make_file("data", O_RDWR | O_TRUNC), own, status;
	pid_t child;

	MUST(write(shared, DIGITS, 10) == 10 && lseek(shared, 1, SEEK_SET) == 1);
	child = fork();
	own = open("data", O_RDONLY);
	if (!child) {
		MUST(lseek(own, 3, SEEK_SET) == 3);
		word[0] = 1;
		await_word(&word[1], 1);
		SAME(lseek(own, 0, SEEK_CUR), 3);
		SAME(lseek(shared, 6, SEEK_SET), 6);
		_exit(0);
	}
	await_word(&word[0], 1);
	record_here();
	MUST(!syscall(SYS_kcmp, getpid(), child, KCMP_FILE, shared, shared));
	MUST(syscall(SYS_kcmp, getpid(), child, KCMP_FILE, own, own) > 0);
	SAME(lseek(shared, 0, SEEK_CUR), 1);
	word[1] = 1;
	MUST(waitpid(child, &status, 0) == child && !status);
	SAME(lseek(shared, 0, SEEK_CUR), 6);
	SAME(lseek(own, 0, SEEK_CUR), 0);
}

/* Two descriptions of one file without a name, one of another; and one that never had a name. */
static void deleted(void)
{
	int rw = make_file("gone", O_RDWR | O_TRUNC), ro = open("gone", O_RDONLY), other, none;
	char buf[32] = "", *big = malloc(100000);
	struct stat st, st2;

	MUST(big && memset(big, 'x', 100000));
	MUST(write(rw, DIGITS, 10) == 10 && fchmod(rw, 0604) == 0 && !unlink("gone") && lseek(ro, 5, SEEK_SET) == 5);
	other = make_file("gone", O_RDWR | O_TRUNC);
	MUST(write(other, "another", 7) == 7 && !unlink("gone"));
	none = open("/mnt", O_TMPFILE | O_RDWR, 0600);
	MUST(none >= 0 && write(none, big, 100000) == 100000);
	record_here();
	MUST(!fstat(rw, &st) && !fstat(ro, &st2));
	SAME(st.st_nlink, 0);
	SAME(st.st_ino, st2.st_ino);
	SAME(st.st_mode, S_IFREG | 0604);
	SAME(lseek(rw, 0, SEEK_CUR), 10);
	MUST(write(rw, "ab", 2) == 2 && read(ro, buf, 32) == 7 && !memcmp(buf, "56789ab", 7));
	MUST(pread(other, buf, 32, 0) == 7 && !memcmp(buf, "another", 7));
	SAME(lseek(none, 0, SEEK_END), 100000);
	MUST(pread(none, buf, 1, 99999) == 1 && *buf == 'x');
}

static int count_rest(int fd, unsigned char seen[64])
{
	char buf[256];
	int n = 0;
	long got;

	while ((got = syscall(SYS_getdents64, fd, buf, sizeof(buf))) > 0) {
		for (char *p = buf; p < buf + got; p += *(unsigned short *)(p + 16)) {
			if (p[19] != 'f')
				continue;
			seen[atoi(p + 20)]++;
			n++;
		}
	}
	return n;
}

/* 64 names, some of which have been read. */
static void directory(void)
{
	unsigned char seen[64] = { 0 };
	char name[16], buf[256];
	long got;
	int fd;

	MUST(!mkdir("many", 0700) || errno == EEXIST);
	for (int i = 0; i < 64; i++) {
		snprintf(name, sizeof(name), "many/f%d", i);
		close(make_file(name, O_WRONLY));
	}
	fd = open("many", O_RDONLY | O_DIRECTORY);
	got = syscall(SYS_getdents64, fd, buf, sizeof(buf));
	MUST(fd >= 0 && got > 0);
	for (char *p = buf; p < buf + got; p += *(unsigned short *)(p + 16))
		if (p[19] == 'f')
			seen[atoi(p + 20)]++;
	record_here();
	MUST(count_rest(fd, seen) > 30);
	for (int i = 0; i < 64; i++)
		SAME(seen[i], 1);
}

static void devices(void)
{
	static const char *const names[] = { "null", "zero", "full", "random", "urandom" };
	char path[32], buf[4] = "abc";
	struct stat st, st2;
	int fd[5];

	for (int i = 0; i < 5; i++) {
		snprintf(path, sizeof(path), "/dev/%s", names[i]);
		fd[i] = open(path, O_RDWR);
		MUST(fd[i] >= 0 && !fstat(fd[i], &st));
	}
	record_here();
	for (int i = 0; i < 5; i++) {
		snprintf(path, sizeof(path), "/dev/%s", names[i]);
		MUST(!stat(path, &st) && !fstat(fd[i], &st2));
		SAME(st2.st_rdev, st.st_rdev);
		SAME(fcntl(fd[i], F_GETFL) & ~O_LARGEFILE, O_RDWR);
	}
	MUST(read(fd[0], buf, 4) == 0 && read(fd[1], buf, 4) == 4 && !buf[0] && !buf[3]);
	MUST(write(fd[2], "x", 1) < 0 && errno == ENOSPC && read(fd[4], buf, 4) == 4);
}

/* O_PATH: a place; also of a symbolic link. */
static void places(void)
{
	char target[16] = "";
	struct stat st, st2;
	int file, link;

	close(make_file("data", O_RDWR));
	MUST(!symlink("data", "link") || errno == EEXIST);
	file = open("data", O_PATH);
	link = open("link", O_PATH | O_NOFOLLOW);
	MUST(file >= 0 && link >= 0);
	record_here();
	MUST(!fstat(file, &st) && !stat("data", &st2) && st.st_ino == st2.st_ino);
	MUST(readlinkat(link, "", target, sizeof(target) - 1) == 4 && !strcmp(target, "data"));
	SAME(fcntl(file, F_GETFL) & ~O_LARGEFILE, O_PATH);
	MUST(read(file, target, 1) < 0 && errno == EBADF);
}

static void eventfds(void)
{
	volatile uint32_t *word = share_words();
	int plain = eventfd(0, EFD_NONBLOCK), semaphore = eventfd(3, EFD_SEMAPHORE | EFD_CLOEXEC), status;
	uint64_t value = 0x123456789aULL;
	pid_t child;

	MUST(write(plain, &value, 8) == 8);
	child = fork();
	if (!child) {
		await_word(word, 1);
		MUST(read(semaphore, &value, 8) == 8 && value == 1);
		_exit(0);
	}
	record_here();
	MUST(read(plain, &value, 8) == 8 && value == 0x123456789aULL);
	MUST(read(plain, &value, 8) < 0 && errno == EAGAIN);
	MUST(read(semaphore, &value, 8) == 8 && value == 1);
	*word = 1;
	MUST(waitpid(child, &status, 0) == child && !status);
	MUST(read(semaphore, &value, 8) == 8 && value == 1);
	SAME(fcntl(semaphore, F_GETFD), FD_CLOEXEC);
	MUST(!fcntl(semaphore, F_SETFL, O_NONBLOCK) && read(semaphore, &value, 8) < 0 && errno == EAGAIN);
}

/* Directories and umask; in a jail, by a child of which the root cannot be heard. */
static void directories(void)
{
	volatile uint32_t *word = share_words();
	char path[64] = "";
	int status;
	pid_t child;

	MUST((!mkdir("jail", 0711) || errno == EEXIST) && (!mkdir("jail/srv", 0711) || errno == EEXIST));
	close(make_file("jail/srv/data", O_RDWR));
	child = fork();
	if (!child) {
		if (chroot("jail") || chdir("/srv"))
			_exit(1);
		umask(0142);
		word[0] = 1;
		while (!word[1])
			usleep(1000);
		if (!getcwd(path, sizeof(path)) || strcmp(path, "/srv"))
			_exit(2);
		if (access("data", F_OK) || access("/srv/data", F_OK) || !access("/mnt", F_OK))
			_exit(3);
		_exit(umask(0) == 0142 ? 0 : 4);
	}
	MUST(!chdir("jail/srv"));
	umask(0027);
	await_word(word, 1);
	record_here();
	MUST(getcwd(path, sizeof(path)) && !strcmp(path, "/mnt/jail/srv"));
	SAME(umask(0), 0027);
	word[1] = 1;
	MUST(waitpid(child, &status, 0) == child);
	SAME(status, 0);
}

static const struct subject_row subjects[] = {
	{ "position and flags, shared by dup() and separate", position_and_flags, EVERY_WAY },
	{ "an open file that a child shares, and one that it does not", shared_after_fork, EVERY_WAY },
	{ "deleted files, with their contents", deleted, 0 },
	{ "a directory that has been read in part", directory, 0 },
	{ "null, zero, full, random and urandom", devices, 0 },
	{ "places (O_PATH)", places, 0 },
	{ "eventfds", eventfds, 0 },
	{ "working and root directory, umask", directories, EVERY_WAY },
};

static const struct group restored_files_groups[] = { SUBJECTS(subjects) };
SUITE(restored_files);
