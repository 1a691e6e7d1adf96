// SPDX-License-Identifier: GPL-2.0
/*
 * The mount on /proc: which pid namespace's processes a task sees there.  It need not be the task's own, and the
 * creator of the mount namespace need not be in that pid namespace.
 */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "calls.h"
#include "roundtrip.h"

/* Of which process is /proc/self, to the caller; 0: of none. */
static int self(void)
{
	char text[16] = "";

	return readlink("/proc/self", text, sizeof(text) - 1) > 0 ? atoi(text) : 0;
}

static void mount_proc(void)
{
	MUST(!mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
	MUST(!mount("proc", "/proc", "proc", 0, NULL));
}

/* As `unshare -pf --mount-proc' does it: the parent makes both namespaces, and its child mounts. */
static void unshared(void)
{
	volatile uint32_t *state = share_words();

	MUST(!unshare(CLONE_NEWNS));
	mount_proc();
	if (!fork()) {
		MUST(!unshare(CLONE_NEWPID | CLONE_NEWNS));
		if (!fork()) {
			mount_proc();
			SAME(self(), 1);
			state[0] = 1;
			await_restart();
			state[1] = self();
			state[0] = 2;
		}
		for (;;)
			pause();
	}
	await_word(&state[0], 1);
	SAME(self(), 1);
	record_here();
	await_word(&state[0], 2);
	SAME(state[1], 1);
	SAME(self(), 1);
}

/* A container without a /proc of its own sees that of the one around it. */
static void inherited(void)
{
	volatile uint32_t *state = share_words();

	MUST(!unshare(CLONE_NEWNS));
	mount_proc();
	if (!plain_clone(CLONE_NEWPID | CLONE_NEWNS)) {
		state[1] = self();
		state[0] = 1;
		await_restart();
		state[2] = self();
		state[0] = 2;
		for (;;)
			pause();
	}
	await_word(&state[0], 1);
	SAME(state[1], 2);
	record_here();
	await_word(&state[0], 2);
	SAME(state[2], 2);
}

/* Mounts of its own, and the machine's /proc in them: it is there that it does not exist by its own pid. */
static void machine_s(void)
{
	int machine;

	MUST(!unshare(CLONE_NEWNS));
	machine = self();
	MUST(machine > 1);
	record_here();
	MUST(self() > 1);
}

static const struct subject_row subjects[] = {
	{ "one of a pid namespace that unshare() made", unshared, WAY_LEFT | WAY_ALL | WAY_CLONE3 | WAY_DEEPER },
	{ "one that is inherited", inherited, WAY_LEFT | WAY_ALL | WAY_DEEPER },
	{ "the machine's, in a mount namespace of its own", machine_s, WAY_LEFT | WAY_ALL },
};

static const struct group restored_proc_groups[] = { SUBJECTS(subjects) };

SUITE(restored_proc);
