// SPDX-License-Identifier: GPL-2.0
/*
 * restart - bring a recorded tree back, each task with the pids it had
 *
 *	restart [--clone3] IMAGE
 *
 * When the tree is complete, restart ends with status 0; the tasks stay, and do nothing.  If a task cannot be created,
 * restart says which one and why on stderr, ends with status 1, and leaves no task of the tree behind.
 *
 * given.h describes the image, and the pipe by which a task tells restart how it is.  Write the six parts; `make'
 * compiles, and `./build.sh lab restart --grade', at the top of the checkout, grades.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <asm/unistd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <linux/clone_with_pids.h>
#include <linux/sched.h>

#include "given.h"

static struct image image;
static bool use_clone3;

/*
 * PART 1: the call.  Create a child with pids[0..n-1], oldest namespace first, and these flags; SIGCHLD is the signal
 * that its parent gets when it ends.  build/linux/Documentation/userspace-api/clone_with_pids.rst has the registers and
 * the struct; syscall() takes the number, __NR_clone_with_pids, and what goes into the registers, in that order.
 * Returns the child's pid as the caller sees it, 0 in the child, or -1 with errno.
 */
static pid_t clone_old(unsigned int flags, const pid_t *pids, int n)
{
	errno = ENOSYS;
	return -1;
}

/*
 * PART 6, for --clone3: the same by clone3() with set_tid.  Mind the order, and the namespace that CLONE_NEWPID makes.
 */
static pid_t clone_new(unsigned int flags, const pid_t *pids, int n)
{
	errno = ENOSYS;
	return -1;
}

static void live(int task);

/*
 * Create a task as a child of the caller, which is its parent in the image, and let it live.
 * PART 3: namespaces.  A task with one more pid than its parent needs CLONE_NEWPID.  Which of its pids does the list
 * name then?  (restart itself, the parent NONE, has one pid.)
 */
static pid_t create(int task)
{
	const struct recorded *t = &image.task[task];
	pid_t pid = (use_clone3 ? clone_new : clone_old)(0, t->pid, t->levels);

	if (!pid)
		live(task);
	return pid;
}

/*
 * PART 2: a family.  Create the children of a parent (NONE: of restart), in the order of the image.
 * PART 4: sessions and groups.  setsid() begins a session, and who is born afterwards is in it: when must a child be
 * born that is not?  And who calls setpgid() for a child, with which number: its parent, before the next child is
 * born, or itself, before it has children of its own?
 * Returns 0; or -1 when one could not be created: tell(FAILED, child) has been said then.
 */
static int create_children(int parent)
{
	return 0;
}

/* What a task does, from its birth on.  PART 2 and PART 4: its children, its session. */
static void live(int task)
{
	prctl(PR_SET_NAME, image.task[task].name);
	tell(BORN, task);
	tell(COMPLETE, task);
	for (;;)
		pause();
}

/*
 * PART 5: a task could not be created.  Kill those that were born, and no one else: the pid that was taken belongs to
 * somebody.  A task that is being born at this moment has to die, too: hear() ends when nobody is left.
 */
static void clean_up(const bool born[])
{
}

/* Wait until every task is complete.  0, or -1 if one failed: then nothing is left of the others. */
static int await_tree(void)
{
	bool born[MAX_TASKS] = { false };
	int complete = 0;
	struct word w;

	while (complete < image.n) {
		if (!hear(&w)) {
			fprintf(stderr, "restart: the tasks ended before they were complete\n");
			return -1;
		}
		born[w.task] |= w.what == BORN;
		complete += w.what == COMPLETE;
		if (w.what == FAILED) {
			fprintf(stderr, "restart: %s, pid %d: %s\n", image.task[w.task].name,
				image.task[w.task].pid[0], strerror(w.error));
			clean_up(born);
			return -1;
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	bool failed;

	use_clone3 = argc > 2 && !strcmp(argv[1], "--clone3");
	if (argc != 2 + use_clone3) {
		fprintf(stderr, "usage: restart [--clone3] IMAGE\n");
		return 2;
	}
	if (image_read(&image, argv[argc - 1]) || words_open())
		return 1;
	failed = create_children(NONE);
	words_close();
	return await_tree() || failed ? 1 : 0;
}
