// SPDX-License-Identifier: GPL-2.0
/*
 * What checkpoint refuses.  Each time, one line says why, the tree continues unchanged, and no file is left.  (The
 * suite `written' tests what keeps it from writing.)
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "calls.h"
#include "lib/report.h"
#include "roundtrip.h"
#include "lib/tree.h"
#include "various.h"

#define IMAGE "image"

/*
 * Trees with something in them that no image holds.
 */

/* This kernel has no sockets. */
static void pidfd_in_child(void)
{
	if (!fork()) {
		MUST(syscall(SYS_pidfd_open, getpid(), 0) >= 0);
		record_here();
		for (;;)
			pause();
	}
	await_restart();
}

static __attribute__((noreturn)) int share(void *arg)
{
	(void)arg;
	ready();
	for (;;)
		pause();
}

static void memory_of_two(void)
{
	static char stack[16384];

	MUST(clone(share, stack + sizeof(stack), CLONE_VM | SIGCHLD, NULL) > 0);
	await_restart();
}

static void descriptors_of_two(void)
{
	static char stack[16384];

	MUST(clone(share, stack + sizeof(stack), CLONE_FILES | SIGCHLD, NULL) > 0);
	await_restart();
}

static void user_namespace(void)
{
	if (!fork()) {
		MUST(!unshare(CLONE_NEWUSER));
		record_here();
		for (;;)
			pause();
	}
	await_restart();
}

static void ipc_namespace(void)
{
	MUST(!unshare(CLONE_NEWIPC));
	record_here();
}

static void memfd(void)
{
	MUST(memfd_create("name", 0) >= 0);
	record_here();
}

static void program_gone(void)
{
	if (!fork()) {
		MUST(!system("cp /bin/busybox /mnt/gone"));
		if (!vfork())	/* so that we go on when it is executed */
			execl("/mnt/gone", "sleep", "1000", NULL);
		unlink("/mnt/gone");
		record_here();
		for (;;)
			pause();
	}
	await_restart();
}

static void mount_of_its_own(void)
{
	MUST(!unshare(CLONE_NEWNS) && !mount("none", "/tmp", "tmpfs", 0, NULL));
	record_here();
}

static void sleeper(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	raise(SIGUSR1);
	if (!fork())
		for (;;)
			sleep(1000);
	record_here();
	MUST(!sigpending(&set) && sigismember(&set, SIGUSR1));
}

struct tree_row {
	const char *name;
	subject *run;
	const char *words;
};

static const struct tree_row trees[] = {
	{ "a descriptor of a kind that it does not know", pidfd_in_child, "its descriptor" },
	{ "memory that two processes share", memory_of_two, "it shares memory with pid" },
	{ "descriptors that two processes share", descriptors_of_two, "it shares its table of descriptors with pid" },
	{ "another user namespace", user_namespace, "it is in another user namespace" },
	{ "another IPC namespace", ipc_namespace, "it is in another IPC namespace" },
	{ "a memfd", memfd, "`/memfd:name (deleted)'" },
	{ "a program that has been deleted", program_gone, "has been deleted" },
	{ "a mount of its own", mount_of_its_own, "its mount `/tmp' is not one of the caller's" },
};

static void one_line(const struct said *s)
{
	if (strchr(s->err, '\n')[1])
		fail("more than one line: `%.300s'", s->err);
}

static void run_tree(const void *row)
{
	const struct tree_row *r = row;
	struct restored tree;

	use_images();
	restored_start(&tree, r->run);
	for (int i = 0; i < 2; i++) {
		one_line(complained(TOOL("checkpoint", "-o", IMAGE, number(tree.root)), 1, r->words));
		restored_compare(&tree, WAY_LEFT);
		if (!access(IMAGE, F_OK))
			fail("an image has been written");
	}
	restored_end(&tree);
}

/*
 * Tasks that are none of a checkpoint's.
 */

static void refuse(const char *whom, const char *words)
{
	struct tasks before;

	list_tasks(&before);
	one_line(complained(TOOL("checkpoint", "-o", IMAGE, whom), 1, words));
	same_tasks(&before, "a checkpoint that was refused");
	folder_holds(".", "");
}

static void not_to_be_had(void)
{
	struct tasks before;

	use_tools();
	refuse("21001", "pid 21001: No such process");
	refuse("2147483647", "pid 2147483647: No such process");
	refuse("1", "hold the tree below pid 1 (init): this program, pid ");
	refuse("2", "pid 2 (kthreadd): it is a kernel thread");
	list_tasks(&before);
	one_line(complained(TOOL("sh", "-c", "exec checkpoint $$"), 1, "(checkpoint): this program, pid "));
	one_line(complained(TOOL("sh", "-c", "checkpoint $$; exit $?"), 1, "(sh): this program, pid "));
	same_tasks(&before, "a checkpoint of itself");
	folder_holds(".", "");
	expect(task_state(1) == 't' || task_state(1) == 'T', 0, "PID 1 is stopped");
}

/* Somebody else traces a task: it can be had again when he is done. */
static void traced(void)
{
	struct restored r;
	char words[80];
	int status;

	use_images();
	restored_start(&r, sleeper);
	if (ptrace(PTRACE_SEIZE, r.root, NULL, NULL) < 0)
		broken("PTRACE_SEIZE");
	snprintf(words, sizeof(words), "hold pid %d (guest-tests): it is traced by pid %d", r.root, getpid());
	one_line(complained(TOOL("checkpoint", "-o", IMAGE, number(r.root)), 1, words));
	restored_compare(&r, WAY_LEFT);
	if (ptrace(PTRACE_INTERRUPT, r.root, NULL, NULL) < 0 || waitpid(r.root, &status, __WALL) != r.root ||
	    ptrace(PTRACE_DETACH, r.root, NULL, NULL) < 0)
		broken("PTRACE_DETACH");
	restored_checkpoint(&r);
	restored_restart(&r, WAY_ALL);
	restored_answer(&r);
	restored_end(&r);
}

static void no_privilege(void)
{
	struct restored r;

	use_images();
	restored_start(&r, sleeper);
	one_line(complained(TOOL("unshare", "-U", "checkpoint", "-o", "/mnt/" IMAGE, number(r.root)), 1, NULL));
	restored_compare(&r, WAY_LEFT);
	restored_answer(&r);
	restored_end(&r);
}

/* A task that is stopped stays so. */
static void stopped(void)
{
	struct restored r;

	use_images();
	restored_start(&r, sleeper);
	if (kill(r.root, SIGSTOP))
		broken("SIGSTOP");
	while (task_state(r.root) != 'T')
		sched_yield();
	complained(TOOL("checkpoint", "-o", "/dev/full", number(r.root)), 1, NULL);
	complained(TOOL("sh", "-c", "checkpoint -o - $0 >/dev/full", number(r.root)), 1, strerror(ENOSPC));
	expect(task_state(r.root), 'T', "the state of a stopped task");
	if (kill(r.root, SIGCONT))
		broken("SIGCONT");
	restored_answer(&r);
	restored_end(&r);
}

/*
 * case - leader        of a process group, or of a session: the tree
 *     `- outsider      born to a child of the leader's, which has ended
 */
struct outsider_pids {
	pid_t leader, outsider;
};

static struct outsider_pids leave_outsider(bool session)
{
	struct outsider_pids pids;
	int fds[2];
	char end;

	if (pipe(fds))
		broken("pipe");
	pids.leader = plain_clone(0);
	if (!pids.leader) {
		pid_t middle, self;

		MUST(session ? setsid() > 0 : !setpgid(0, 0));
		middle = plain_clone(0);
		if (!middle) {
			if (!plain_clone(0)) {
				self = getpid();
				setpgid(0, session ? 0 : getpgid(0));
				MUST(write(fds[1], &self, sizeof(self)) == sizeof(self));
				close(fds[1]);
				for (;;)
					pause();
			}
			_exit(0);
		}
		MUST(waitpid(middle, NULL, 0) == middle);
		MUST(dup2(open("/dev/null", O_RDWR), 0) == 0 && dup2(0, 1) == 1 && dup2(0, 2) == 2);
		MUST(!syscall(SYS_close_range, 3, ~0U, 0));
		for (;;)
			pause();
	}
	close(fds[1]);
	if (read(fds[0], &pids.outsider, sizeof(pids.outsider)) != sizeof(pids.outsider) || read(fds[0], &end, 1))
		broken("read the outsider's pid, and the end: its parent has ended");
	close(fds[0]);
	return pids;
}

/* Killed, the tree could not come back: refused, but for --leave-running, which warns.  Without the outsider it comes back. */
static void outsider(bool session)
{
	const char *image = "/mnt/" IMAGE;
	struct outsider_pids p;
	struct tasks before;
	const struct said *s;
	char words[128];

	use_tools();
	p = leave_outsider(session);
	list_tasks(&before);
	snprintf(words, sizeof(words), "pid %d (guest-tests), outside the tree, is in %s %d of the tree: ", p.outsider,
		 session ? "session" : "process group", p.leader);
	one_line(complained(TOOL("checkpoint", "-o", IMAGE, number(p.leader)), 1, words));
	same_tasks(&before, "a checkpoint that was refused");
	folder_holds(".", "");
	s = TOOL("checkpoint", "-r", "-o", image, number(p.leader));
	expect(s->status, 0, "the exit status with --leave-running");
	if (!strstr(s->err, words) || !strstr(s->err, "it keeps pid"))
		fail("with --leave-running it warns of `%.200s'", s->err);
	if (kill(p.outsider, SIGKILL) || waitpid(p.outsider, NULL, 0) != p.outsider)
		broken("end the outsider");
	succeeded(TOOL("checkpoint", "-o", image, number(p.leader)));
	if (waitpid(p.leader, NULL, WNOHANG) < 0 && errno != ECHILD)
		broken("reap the leader");
	expect(said_number(succeeded(TOOL("restart", "-i", image))), p.leader, "the restarted leader's pid");
	if (kill(p.leader, SIGKILL))
		broken("end the tree");
	unlink(image);
}

static void group_outside(void)
{
	outsider(false);
}

static void session_outside(void)
{
	outsider(true);
}

static const struct function_row functions[] = {
	{ "a member of the tree's process group outside the tree", group_outside },
	{ "a member of the tree's session outside the tree", session_outside },
	{ "tasks that are not to be had", not_to_be_had },
	{ "a task that is traced", traced },
	{ "no privilege", no_privilege },
	{ "a stopped task, and a full device", stopped },
};

static const struct group checkpoint_groups[] = { ROWS(trees, run_tree), FUNCTIONS(functions) };

SUITE(checkpoint);
