// SPDX-License-Identifier: GPL-2.0
/* The harness for restarted programs: it must recognise what is right, and what is wrong. */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

#include "calls.h"
#include "roundtrip.h"

static void one_task(void)
{
	volatile int remembered = 4711;
	pid_t pid = getpid();

	record_here();
	SAME(remembered, 4711);
	SAME(getpid(), pid);
}

/* init 1 - child 2 - init of a container below, 3 and 1 - child */
static void nested_tree(void)
{
	volatile uint32_t *settled = share_words();
	int status;
	pid_t child = fork();

	if (!child) {
		pid_t inner = plain_clone(CLONE_NEWPID);

		if (!inner) {
			setsid();
			if (!plain_clone(0)) {
				*settled = 1;
				await_restart();
				_exit(0);
			}
			await_restart();
			_exit(7);
		}
		await_restart();
		MUST(waitpid(inner, &status, 0) == inner && WIFEXITED(status) && WEXITSTATUS(status) == 7);
		_exit(5);
	}
	SAME(child, 2);
	await_word(settled, 1);
	record_here();
	MUST(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 5);
}

static const struct subject_row subjects[] = {
	{ "one task", one_task, EVERY_WAY },
	{ "a nested tree", nested_tree, EVERY_WAY },
};

static const struct group restored_groups[] = { SUBJECTS(subjects) };
SUITE(restored);
