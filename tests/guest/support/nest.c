// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <linux/capability.h>

#include "nest.h"
#include "lib/wait.h"

/* The init of a namespace: run fn in a child and reap until that one has ended. */
static __attribute__((noreturn)) void init_of_level(void (*fn)(const void *arg), const void *arg)
{
	pid_t worker = plain_clone(0), got;
	char words[64];
	int status;

	if (!worker) {
		fn(arg);
		_exit(0);
	}
	do
		got = waitpid(-1, &status, __WALL);
	while (got != worker && (got > 0 || errno == EINTR));
	if (got < 0)
		broken("wait in the init of a namespace");
	if (!status_ok(status))
		fail("the task in a namespace: %s", status_words(status, words, sizeof(words)));
	_exit(0);
}

void at_level(int n, void (*fn)(const void *arg), const void *arg)
{
	pid_t pid;

	if (!n) {
		fn(arg);
		return;
	}
	pid = plain_clone(CLONE_NEWPID);
	if (!pid) {
		if (n == 1)
			init_of_level(fn, arg);
		at_level(n - 1, fn, arg);
		_exit(0);
	}
	wait_ok(pid, "the init of a namespace");
}

struct container_arg {
	const int *release, *tell;
	int depth;
};

/* One level of a container; the youngest init tells its pids and waits. */
static __attribute__((noreturn)) void container_level(struct container_arg c)
{
	pid_t pid = plain_clone(CLONE_NEWPID);
	struct nspid n;

	if (pid) {
		close(c.tell[1]);
		wait_ok(pid, "a container's init");
		_exit(0);
	}
	if (--c.depth)
		container_level(c);
	own_nspid(&n);
	if (write(c.tell[1], &n, sizeof(n)) != sizeof(n))
		broken("write to the parent");
	close(c.tell[1]);
	wait_for_release(c.release);
}

struct container container(int n)
{
	int release_pipe[2], tell_pipe[2];
	struct container c;
	pid_t pid;

	if (pipe(release_pipe) < 0 || pipe(tell_pipe) < 0)
		broken("pipe");
	pid = plain_clone(0);
	if (!pid)
		container_level((struct container_arg){ release_pipe, tell_pipe, n });
	close(release_pipe[0]);
	close(tell_pipe[1]);
	if (read(tell_pipe[0], &c.init, sizeof(c.init)) != sizeof(c.init))
		fail("the container of %d levels did not start", n);
	close(tell_pipe[0]);
	c.outer = (struct held){ pid, release_pipe[1] };
	return c;
}

void enter_for_children(const struct nspid *task)
{
	char path[40];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/pid", task->pid[0]);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWPID) < 0)
		broken("setns to the pid namespace of %s", nspid_text(task));
	close(fd);
}

void keep_capabilities(uint64_t mask)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2] = {
		{ .effective = mask, .permitted = mask },
		{ .effective = mask >> 32, .permitted = mask >> 32 },
	};

	if (syscall(SYS_capset, &header, data) < 0)
		broken("capset");
}

static void call_function(const void *arg)
{
	const struct level_row *r = arg;

	r->run();
}

void run_level_row(const void *row)
{
	const struct level_row *r = row;

	at_level(r->level, call_function, r);
}
