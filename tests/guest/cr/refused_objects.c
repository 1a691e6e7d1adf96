// SPDX-License-Identifier: GPL-2.0
/*
 * Descriptors, namespaces and trees that cannot be recorded are refused, with the task, its pid and the reason.  No
 * image is left, and the tree continues unchanged.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>

#include "calls.h"
#include "roundtrip.h"

static int opened(int fd)
{
	MUST(fd >= 0);
	return fd;
}

static int file(const char *name)
{
	return opened(open(name, O_RDWR | O_CREAT, 0600));
}

static void with_epoll(void)
{
	opened(epoll_create1(0));
}

static void with_signalfd(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	opened(signalfd(-1, &set, 0));
}

static void with_timerfd(void)
{
	opened(timerfd_create(CLOCK_MONOTONIC, 0));
}

static void with_memfd(void)
{
	opened(memfd_create("some", 0));
}

static void with_pidfd(void)
{
	opened(syscall(SYS_pidfd_open, getpid(), 0));
}

static void with_namespace(void)
{
	opened(open("/proc/self/ns/uts", O_RDONLY));
}

static void with_flock(void)
{
	MUST(!flock(file("data"), LOCK_EX));
}

static void with_lock(void)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1 };

	MUST(!fcntl(file("data"), F_SETLK, &lock));
}

static void with_lease(void)
{
	close(file("leased"));
	MUST(!fcntl(opened(open("leased", O_RDONLY)), F_SETLEASE, F_RDLCK));
}

static void with_owner(void)
{
	MUST(!fcntl(file("data"), F_SETOWN, getpid()));
}

static void with_signal(void)
{
	MUST(!fcntl(file("data"), F_SETSIG, SIGUSR1));
}

static void with_proc_file(void)
{
	opened(open("/proc/self/stat", O_RDONLY));
}

static void with_proc_directory(void)
{
	opened(open("/proc", O_RDONLY));
}

static void with_linked_file(void)
{
	unlink("other");
	file("first");
	MUST(!link("first", "other") && !unlink("first"));
}

static void with_deleted_directory(void)
{
	MUST(!mkdir("gone", 0700));
	opened(open("gone", O_RDONLY));
	MUST(!rmdir("gone"));
}

static void in_deleted_directory(void)
{
	MUST(!mkdir("gone", 0700) && !chdir("gone") && !rmdir("/mnt/gone"));
}

static void with_packets(void)
{
	int fds[2];

	MUST(!pipe2(fds, O_DIRECT) && write(fds[1], "x", 1) == 1);
}

static void with_kernel_log(void)
{
	opened(open("/dev/kmsg", O_RDONLY));
}

static int make_pty(int *master)
{
	int unlocked = 0;

	*master = opened(open("/dev/ptmx", O_RDWR | O_NOCTTY));
	MUST(!ioctl(*master, TIOCSPTLCK, &unlocked));
	return opened(ioctl(*master, TIOCGPTPEER, O_RDWR | O_NOCTTY));
}

static void with_terminal_output(void)
{
	int master, slave = make_pty(&master);

	MUST(write(slave, "x\n", 2) == 2);
}

static void with_terminal_input(void)
{
	int master, slave = make_pty(&master);
	char echo[8];

	MUST(slave >= 0 && write(master, "x\n", 2) == 2);
	MUST(read(master, echo, sizeof(echo)) == 3);
}

static void with_outside_fifo(void)
{
	opened(open("fifo", O_WRONLY | O_NONBLOCK));
}

/* Of the test's own. */
static int outside_reader, outside_terminal;
static pid_t outside;

static void with_outside_pipe(void)
{
	char path[48];

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", outside, outside_reader);
	opened(open(path, O_WRONLY));
}

static void on_outside_terminal(void)
{
	volatile uint32_t *word = share_words();
	char path[32];

	snprintf(path, sizeof(path), "/dev/pts/%d", outside_terminal);
	if (!plain_clone(0)) {
		setsid();
		opened(open(path, O_RDWR));
		*word = 1;
		for (;;)
			pause();
	}
	await_word(word, 1);
}

static void *stay(void *word)
{
	*(volatile uint32_t *)word = 1;
	for (;;)
		pause();
	return NULL;
}

static void leader_has_ended(void)
{
	volatile uint32_t *word = share_words();
	pthread_t thread;

	if (!fork()) {
		MUST(!pthread_create(&thread, NULL, stay, (void *)word));
		await_word(&word[0], 1);
		word[1] = 1;
		syscall(SYS_exit, 0);
	}
	await_word(&word[1], 1);
}

static pid_t child(unsigned long flags)
{
	volatile uint32_t *word = share_words();
	pid_t pid = plain_clone(flags);

	if (!pid) {
		*word = 1;
		for (;;)
			pause();
	}
	await_word(word, 1);
	return pid;
}

static void with_mount(void)
{
	MUST(!unshare(CLONE_NEWNS) && !mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
	MUST(!mkdir("here", 0700) || errno == EEXIST);
	MUST(!mount("tmpfs", "/mnt/here", "tmpfs", 0, NULL));
}

static void in_ipc_namespace(void)
{
	MUST(!unshare(CLONE_NEWIPC));
}

static void in_user_namespace(void)
{
	MUST(!unshare(CLONE_NEWUSER));
}

static void in_time_namespace(void)
{
	MUST(!unshare(CLONE_NEWTIME));
}

static void unshared(void)
{
	MUST(!unshare(CLONE_NEWPID));
}

/* A child that joins the namespace of another one. */
static void join(int pidfd, unsigned long kind)
{
	volatile uint32_t *word = share_words();

	if (!plain_clone(0)) {
		MUST(!setns(pidfd, kind));
		close(pidfd);
		*word = 1;
		for (;;)
			pause();
	}
	await_word(word, 1);
	close(pidfd);
}

static void joined(void)
{
	join(opened(syscall(SYS_pidfd_open, child(CLONE_NEWPID), 0)), CLONE_NEWPID);
}

static void joined_uts(void)
{
	join(opened(syscall(SYS_pidfd_open, child(CLONE_NEWUTS), 0)), CLONE_NEWUTS);
}

static void sharing_files(void)
{
	child(CLONE_FILES);
}

static void sharing_directory(void)
{
	child(CLONE_FS);
}

static void waiting_in_vfork(void)
{
	volatile uint32_t *word = share_words();

	if (!plain_clone(0) && !syscall(SYS_clone, CLONE_VFORK | SIGCHLD, 0, 0, 0, 0)) {
		*word = 1;
		for (;;)
			pause();
	}
	await_word(word, 1);
}

struct row {
	const char *name;
	subject *prepare;
	const char *words;
};

static const struct row rows[] = {
	{ "epoll", with_epoll, "`anon_inode:[eventpoll]': a kind of file" },
	{ "a signalfd", with_signalfd, "`anon_inode:[signalfd]': a kind of file" },
	{ "a timerfd", with_timerfd, "`anon_inode:[timerfd]': a kind of file" },
	{ "a memfd", with_memfd, ": a memfd" },
	{ "a pidfd", with_pidfd, "pidfd" },
	{ "a namespace that is open", with_namespace, "a file that has never had a name" },
	{ "flock()", with_flock, "/mnt/data': a lock or a lease is held on it" },
	{ "a POSIX lock", with_lock, "/mnt/data': a lock or a lease is held on it" },
	{ "a lease", with_lease, "/mnt/leased': a lock or a lease is held on it" },
	{ "F_SETOWN", with_owner, "its owner gets signals for it" },
	{ "F_SETSIG", with_signal, "its owner gets signals for it" },
	{ "a file of /proc", with_proc_file, "a file of /proc" },
	{ "a directory of /proc", with_proc_directory, "a file of /proc" },
	{ "a file that has lost one of its names", with_linked_file, "its name is gone, or is another file's" },
	{ "a deleted directory", with_deleted_directory, "its name is gone, or is another file's" },
	{ "a deleted working directory", in_deleted_directory, "its working directory, `/mnt/gone" },
	{ "packets in a pipe", with_packets, "there are packets in the pipe" },
	{ "/dev/kmsg", with_kernel_log, "a device that an image cannot hold" },
	{ "output of a terminal", with_terminal_output, "its terminal has output that nobody has read" },
	{ "input of a terminal", with_terminal_input, "its terminal has input that nobody has read" },
	{ "a fifo whose reader is outside", with_outside_fifo, "/mnt/fifo': the other end is open outside the tree" },
	{ "a pipe whose reader is outside", with_outside_pipe, "': the other end is open outside the tree" },
	{ "a terminal outside that controls a session inside", on_outside_terminal, "its controlling terminal is outside" },
	{ "a leader that has ended before its threads", leader_has_ended, "its main thread has ended, but not its other threads" },
	{ "another mount", with_mount, "its mount `/mnt/here' is not one of the caller's" },
	{ "an IPC namespace", in_ipc_namespace, "it is in another IPC namespace" },
	{ "a user namespace", in_user_namespace, "it is in another user namespace" },
	{ "a time namespace", in_time_namespace, "in another time namespace" },
	{ "a pid namespace without an init", unshared, "whose init is not a child of it" },
	{ "a joined pid namespace", joined, "whose init is not a child of it" },
	{ "a joined UTS namespace", joined_uts, "it has joined a namespace that is not its parent's" },
	{ "a shared table of descriptors", sharing_files, "shares its table of descriptors with pid" },
	{ "a shared working directory", sharing_directory, "shares its working directory with pid" },
	{ "a parent in vfork()", waiting_in_vfork, "it does not stop; after vfork()" },
};

static const struct row *now;

static void prepare(void)
{
	now->prepare();
	record_here();
}

static void run_row(const void *row)
{
	int reader, master, unlocked = 0, fds[2];
	struct restored r;

	now = row;
	use_images();
	if (mkfifo("fifo", 0600))
		broken("a fifo");
	reader = open("fifo", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (reader < 0)
		broken("open a fifo");
	master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (master < 0 || ioctl(master, TIOCSPTLCK, &unlocked) || ioctl(master, TIOCGPTN, &outside_terminal) ||
	    pipe2(fds, O_CLOEXEC))
		broken("a terminal and a pipe");
	outside_reader = fds[0];
	outside = getpid();
	restored_start(&r, prepare);
	complained(TOOL("checkpoint", "-o", "image", number(r.root)), 1, now->words);
	if (!access("image", F_OK))
		fail("there is an image of what was refused");
	restored_compare(&r, WAY_LEFT);
	restored_answer(&r);
	restored_end(&r);
}

static const struct group refused_objects_groups[] = { ROWS(rows, run_row) };
SUITE(refused_objects);
