// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/capability.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "lib/report.h"
#include "lib/wait.h"
#include "keeper.h"
#include "verdict.h"

#define STRANGER      1000		/* user and group */
#define OUTPUT_BYTES  (64 << 10)
#define MEMORY_BYTES  (8 << 20)
#define END_BOUND_MS  20000

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		die("write %s", path);
	close(fd);
}

static void make_pipe(int ends[2])
{
	if (pipe2(ends, O_CLOEXEC))
		die("pipe");
}

static void become_user(void)
{
	if (setresgid(STRANGER, STRANGER, STRANGER) || setresuid(STRANGER, STRANGER, STRANGER))
		die("become user %d", STRANGER);
}

void become_stranger(void)
{
	close(VERDICT_FD);
	become_user();
}

/* Become the user and keep one capability, over exec() too. */
static void drop_privileges(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct caps[2] = { 0 };

	caps[0].effective = caps[0].permitted = caps[0].inheritable = 1 << CAP_SYS_ADMIN;
	if (prctl(PR_SET_KEEPCAPS, 1))
		die("keep capabilities");
	become_user();
	if (syscall(SYS_capset, &header, caps) ||
	    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_SYS_ADMIN, 0, 0) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		die("keep CAP_SYS_ADMIN alone");
}

static void limit(int what, rlim_t value)
{
	struct rlimit l = { value, value };

	if (setrlimit(what, &l))
		die("set a limit");
}

/* The root is a folder with two files, read-only, in a mount namespace of its own. */
static void enter_jail(void)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount(JAIL, JAIL, NULL, MS_BIND, NULL) ||
	    mount(NULL, JAIL, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV, NULL) ||
	    chdir(JAIL) || chroot("."))
		die("enter %s", JAIL);
}

static void keep_program(bool clone3, int ended) __attribute__((noreturn));

static void run_program(bool clone3)
{
	execve("/restart", clone3 ? (char *[]){ "restart", "--clone3", "/image", NULL } :
				    (char *[]){ "restart", "/image", NULL }, (char *[]){ NULL });
	fprintf(stderr, "the program cannot be run: %s\n", strerror(errno));
	_exit(127);
}

/* Run the program, say how it ended, and reap what it leaves, for ever. */
static void keep_program(bool clone3, int ended)
{
	sigset_t chld, none;
	int status, sig;
	pid_t program, pid;

	sigemptyset(&none);
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);
	program = fork();
	if (!program) {
		sigprocmask(SIG_SETMASK, &none, NULL);
		run_program(clone3);
	}
	for (;;) {
		sigwait(&chld, &sig);
		while ((pid = waitpid(-1, &status, WNOHANG | __WALL)) > 0)
			if (pid == program && write(ended, &status, sizeof(status)) < 0)
				_exit(1);
	}
}

static void keeper(bool clone3, int go, int ended, int said) __attribute__((noreturn));

static void keeper(bool clone3, int go, int ended, int said)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	char byte;

	close(VERDICT_FD);
	if (read(go, &byte, 1) != 1)
		_exit(1);
	if (dup2(null, 0) < 0 || dup2(said, 1) < 0 || dup2(said, 2) < 0)
		_exit(1);
	setsid();
	if (!clone3 && (setgroups(0, NULL) || prctl(PR_SET_CHILD_SUBREAPER, 1)))
		die("adopt orphans");
	enter_jail();
	limit(RLIMIT_FSIZE, OUTPUT_BYTES);
	limit(RLIMIT_AS, MEMORY_BYTES);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_NOFILE, 64);
	drop_privileges();
	keep_program(clone3, ended);
}

/*
 * A process that was made in good time: it can kill when nobody can fork any more.  As the user, so that it reaches
 * nobody else; but no sooner, so that the program cannot reach it.  kill(-1) leaves out who calls it.
 */
static void killer(int wait) __attribute__((noreturn));

static void killer(int wait)
{
	char byte;

	close(VERDICT_FD);
	if (read(wait, &byte, 1) == 1) {
		become_user();
		kill(-1, SIGKILL);
	}
	_exit(0);
}

static void map_user(pid_t pid)
{
	char path[64], map[64];

	snprintf(map, sizeof(map), "%d %d 1\n", STRANGER, STRANGER);
	snprintf(path, sizeof(path), "/proc/%d/setgroups", pid);
	write_file(path, "deny");
	snprintf(path, sizeof(path), "/proc/%d/gid_map", pid);
	write_file(path, map);
	snprintf(path, sizeof(path), "/proc/%d/uid_map", pid);
	write_file(path, map);
}

/* The first to go when memory is short: not the grader. */
static void offer_to_oom_killer(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/oom_score_adj", pid);
	write_file(path, "1000");
}

struct keeper keeper_start(bool clone3)
{
	struct keeper k = { .outside = clone3 };
	int go[2], ended[2], end[2];

	make_pipe(go);
	make_pipe(ended);
	make_pipe(end);
	k.said = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (k.said < 0)
		die("a file for the output");
	k.killer = fork();
	if (!k.killer) {
		close(end[1]);
		killer(end[0]);
	}
	k.pid = syscall(SYS_clone, (clone3 ? CLONE_NEWUSER | CLONE_NEWPID : 0) | SIGCHLD, 0, 0, 0, 0);
	if (!k.pid) {
		close(go[1]);
		close(end[1]);
		keeper(clone3, go[0], ended[1], k.said);
	}
	if (k.killer < 0 || k.pid < 0)
		die("start the keeper");
	if (clone3)
		map_user(k.pid);
	offer_to_oom_killer(k.pid);
	close(go[0]);
	close(ended[1]);
	close(end[0]);
	k.go = go[1];
	k.ended = ended[0];
	k.kill = end[1];
	return k;
}

static void read_said(int fd, char said[SAID_SIZE])
{
	ssize_t n = pread(fd, said, SAID_SIZE - 1, 0);

	said[n > 0 ? n : 0] = '\0';
	said[strcspn(said, "\r\n")] = '\0';
	printable(said);
}

int keeper_run(struct keeper *k, int *status, char said[SAID_SIZE])
{
	struct pollfd p = { .fd = k->ended, .events = POLLIN };
	int ready, got = -1;

	if (write(k->go, "", 1) != 1)
		die("start the program");
	do
		ready = poll(&p, 1, RUN_BOUND_MS);
	while (ready < 0 && errno == EINTR);
	if (ready > 0)
		got = read(k->ended, status, sizeof(*status)) == sizeof(*status) ? 0 : -1;
	read_said(k->said, said);
	errno = ready > 0 ? EPIPE : ETIMEDOUT;
	return got;
}

/* The grader adopts the rest when the keeper is dead, and waits for all of it. */
void keeper_end(struct keeper *k)
{
	long deadline = now_ms() + END_BOUND_MS;

	if (write(k->kill, "", 1) != 1)
		die("kill what the program has left");
	kill(k->pid, SIGKILL);
	while (waitpid(-1, NULL, WNOHANG | __WALL) >= 0) {
		if (now_ms() > deadline)
			die("what the program has left does not end");
		sleep_ms(5);
	}
	close(k->go);
	close(k->ended);
	close(k->said);
	close(k->kill);
}
