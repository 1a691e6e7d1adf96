// SPDX-License-Identifier: GPL-2.0
/* Where a worker is: its rights, and the namespace in which its children are born. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <linux/capability.h>

#include "call.h"
#include "lib/wait.h"

#define PIDFD_GET_PID_FOR_CHILDREN_NAMESPACE _IO(0xff, 6)

static struct {
	pid_t pid;
	int release;
} container;

static void write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		stop_errno("write %s", path);
	close(fd);
}

static void lose_all_capabilities(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct none[2] = { { 0 } };

	if (syscall(SYS_capset, &header, none) < 0)
		stop_errno("capset");
}

static void become_userns_root(void)
{
	if (unshare(CLONE_NEWUSER) < 0)
		stop_errno("unshare(CLONE_NEWUSER)");
	write_text("/proc/self/setgroups", "deny");
	write_text("/proc/self/uid_map", "0 0 1");
	write_text("/proc/self/gid_map", "0 0 1");
}

static pid_t clone_init(void)
{
	pid_t pid;

	count_births(w.shared_levels);
	pid = syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, NULL, NULL, NULL, NULL);
	if (pid < 0)
		stop_errno("clone the init of a container");
	return pid;
}

static void wait_ok(pid_t pid)
{
	char words[64];
	int status;

	if (waitpid(pid, &status, __WALL) != pid)
		stop_errno("wait for a container's init");
	if (!status_ok(status))
		stop("a container's init: %s", status_words(status, words, sizeof(words)));
}

/* An init each, the youngest of which says which namespace it is and waits for the end. */
static __attribute__((noreturn)) void be_container(int worker, int left, int release, int tell)
{
	struct numbers n;
	pid_t pid;
	char byte;

	settle(worker);
	if (left > 1) {
		pid = clone_init();
		if (!pid)
			be_container(worker, left - 1, release, tell);
		wait_ok(pid);
		_exit(0);
	}
	own_numbers(&n);
	if (write(tell, &n, sizeof(n)) != sizeof(n) || read(release, &byte, 1) != 1)
		_exit(1);
	_exit(0);
}

static void make_container(int depth)
{
	int release[2], tell[2], fd;
	struct numbers n;
	char path[40];

	if (pipe2(release, O_CLOEXEC) < 0 || pipe2(tell, O_CLOEXEC) < 0)
		stop_errno("pipe");
	container.pid = clone_init();
	if (!container.pid)
		be_container(w.index, depth, release[0], tell[1]);
	close(release[0]);
	close(tell[1]);
	container.release = release[1];
	if (read(tell[0], &n, sizeof(n)) != sizeof(n))
		stop("a container did not start");
	close(tell[0]);
	snprintf(path, sizeof(path), "/proc/%d/ns/pid", n.pid[0]);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWPID) < 0)
		stop_errno("setns to a container");
	close(fd);
	w.birthplace = CONTAINER;
	w.born = w.own + depth;
	w.counter[w.born] = 2;
}

/* A child that unshares, and tells, and ends when its namespace has been taken from it. */
static __attribute__((noreturn)) void be_lender(int tell, int release)
{
	char byte;

	if (unshare(CLONE_NEWPID) < 0 || write(tell, "", 1) != 1)
		_exit(1);
	_exit(read(release, &byte, 1) != 0);
}

/* The namespace that another task has unshared and in which nobody was born: only its pidfd leads there. */
static void borrow_pids(void)
{
	int tell[2], release[2], pidfd, ns;
	pid_t lender;
	char byte;

	if (pipe2(tell, O_CLOEXEC) < 0 || pipe2(release, O_CLOEXEC) < 0)
		stop_errno("pipe");
	count_births(w.shared_levels);
	lender = syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
	if (lender < 0)
		stop_errno("clone the lender of a namespace");
	if (!lender) {
		close(release[1]);
		be_lender(tell[1], release[0]);
	}
	close(tell[1]);
	if (read(tell[0], &byte, 1) != 1)
		stop("the lender of a namespace could not unshare");
	pidfd = syscall(SYS_pidfd_open, lender, 0);
	ns = ioctl(pidfd, PIDFD_GET_PID_FOR_CHILDREN_NAMESPACE, 0);
	if (ns < 0 || setns(ns, CLONE_NEWPID) < 0)
		stop_errno("setns to the namespace of another's children");
	close(ns);
	close(pidfd);
	close(tell[0]);
	close(release[0]);
	close(release[1]);
	wait_ok(lender);
}

/* The model knows no difference between the two ways, and there is to be none. */
static void enter_empty(bool borrowed)
{
	if (borrowed)
		borrow_pids();
	else if (unshare(CLONE_NEWPID) < 0)
		stop_errno("unshare(CLONE_NEWPID)");
	w.birthplace = EMPTY_NS;
	w.is_unshared = true;
	w.born = w.own + 1;
	w.counter[w.born] = 0;
	if (w.rights == USERNS_ROOT)
		w.owned_from = w.born;
}

static void read_counter(void)
{
	char text[32] = "";
	int fd = open("/proc/sys/kernel/ns_last_pid", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		stop_errno("read ns_last_pid");
	close(fd);
	w.counter[w.own] = atoi(text) + 1;
}

static void block_all_signals(void)
{
	static const uint64_t all = ~0ULL;

	/* musl's function leaves out the signals that it uses itself. */
	if (syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, NULL, sizeof(all)) < 0)
		stop_errno("rt_sigprocmask");
}

static int lowest_free_fd(void)
{
	int fd = dup(0);

	if (fd < 0)
		stop_errno("dup");
	close(fd);
	return fd;
}

static bool draw_borrowed(void)
{
	struct rng r = rng_for(shared->seed, w.index, 0xc0000000 | w.episode);

	return !w.episode || one_in(&r, 2);
}

/* The first episodes are of each kind, so that a short run has them all; later ones are drawn. */
static void draw_place(enum birthplace *where, enum rights *rights)
{
	static const struct {
		enum birthplace where;
		enum rights rights;
	} first[WORKERS] = {
		{ CONTAINER, ALL_RIGHTS }, { EMPTY_NS, ALL_RIGHTS }, { OWN_NS, NO_RIGHTS },
		{ OWN_NS, ALL_RIGHTS }, { CONTAINER, USERNS_ROOT }, { OWN_NS, ALL_RIGHTS },
	};
	static const enum birthplace places[] = { CONTAINER, EMPTY_NS, OWN_NS, OWN_NS };
	struct rng r = rng_for(shared->seed, w.index, 0x80000000 | w.episode);

	*where = places[below(&r, ARRAY_SIZE(places))];
	*rights = below(&r, 4) ? ALL_RIGHTS : NO_RIGHTS + below(&r, 2);
	if (!w.episode) {
		*where = first[w.index].where;
		*rights = first[w.index].rights;
	}
	if (w.own == MAX_LEVEL)		/* there is nothing below */
		*where = OWN_NS;
}

static int container_depth(void)
{
	struct rng r = rng_for(shared->seed, w.index, 0xa0000000 | w.episode);
	int deepest = MAX_LEVEL - w.own;

	return 1 + below(&r, deepest < 3 ? deepest : 3);
}

void take_place(int worker, int episode, const int keeper[2], bool is_init)
{
	enum birthplace where;
	struct numbers self;

	block_all_signals();
	w = (struct worker){
		.index = worker, .episode = episode, .is_init = is_init, .shared_levels = shared_levels_of(worker),
		.ask_keeper = keeper[0], .keeper_says = keeper[1], .owned_from = MAX_LEVELS,
	};
	memset(w.counter, -1, sizeof(w.counter));
	settle(worker);
	own_numbers(&self);
	w.own = w.born = self.levels - 1;
	draw_place(&where, &w.rights);
	if (where == CONTAINER)
		make_container(container_depth());
	if (where == EMPTY_NS && w.rights != USERNS_ROOT)
		enter_empty(draw_borrowed());
	if (w.own >= w.shared_levels)
		read_counter();
	if (w.rights == NO_RIGHTS)
		lose_all_capabilities();
	if (w.rights == USERNS_ROOT)
		become_userns_root();
	if (where == EMPTY_NS && w.rights == USERNS_ROOT)
		enter_empty(false);	/* a namespace of its own user namespace */
	set_up_memory();
	w.lowest_fd = lowest_free_fd();
}

void leave_place(void)
{
	if (!container.pid)
		return;
	if (write(container.release, "", 1) != 1)
		stop_errno("end the container");
	wait_ok(container.pid);
}

const char *place_text(void)
{
	static const char *const rights[] = { "all rights", "no rights", "root of a user namespace" };
	static const char *const births[] = {
		"its own namespace", "a container", "an empty namespace", "an unshared namespace", "a dead namespace",
		"a namespace without an init",
	};
	static char text[128];

	snprintf(text, sizeof(text), "level %d, %s%s, children born at level %d in %s", w.own, rights[w.rights],
		 w.is_init ? ", an init" : "", w.born, births[w.birthplace]);
	return text;
}
