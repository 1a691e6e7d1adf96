// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

#include "clone_with_pids.h"
#include "procfs.h"
#include "refusal.h"
#include "tree.h"

/* The kernel checks the count before it reads the list: an unreadable list gives EFAULT only if the count is valid. */
unsigned int refusal_levels(void)
{
	unsigned int n = 0;

	while (n < MAX_LEVELS) {
		struct clone_with_pids_args args = { .nr_pids = n + 1 };

		if (clone_with_pids_raw(SIGCHLD, &args, sizeof(args), NULL, (const void *)-1UL) != -EFAULT)
			break;
		n++;
	}
	return n;
}

/* Try each pid alone, leaving the others to the kernel: then only this level can be the reason of a refusal. */
int refusal_taken(const pid_t *pids, unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++) {
		struct clone_with_pids_args args = { .nr_pids = nr };
		pid_t one[MAX_LEVELS] = { 0 };
		long ret;

		if (!pids[i])
			continue;
		one[i] = pids[i];
		ret = clone_with_pids_raw(SIGCHLD, &args, sizeof(args), NULL, one);
		if (!ret)
			_exit(0);
		if (ret == -EBUSY)
			return i;
		if (ret > 0)
			waitpid(ret, NULL, __WALL);
	}
	return -1;
}

void refusal_holder(pid_t pid, char *buf, size_t size)
{
	struct tree all;

	snprintf(buf, size, "a task that has ended");
	if (tree_read(&all, 0, true))
		return;
	for (int i = 0; i < all.n; i++) {
		const struct task *t = &all.task[i];
		const char *what = t->pid[0] == pid ? "" : t->pgid == pid ? "the process group of " :
				   t->sid == pid ? "the session of " : NULL;

		if (!what)
			continue;
		snprintf(buf, size, "%spid %d (%s)", what, t->pid[0], t->name);
		if (t->pid[0] == pid)
			break;
	}
	tree_free(&all);
}

/* kernel.pid_max: pids are below it, in every namespace. */
static long pid_max(void)
{
	FILE *f = fopen("/proc/sys/kernel/pid_max", "re");
	long max = LONG_MAX;

	if (f) {
		if (fscanf(f, "%ld", &max) != 1)
			max = LONG_MAX;
		fclose(f);
	}
	return max;
}

/*
 * Where children are born: our own namespace, one below, or a new one without an init, which the kernel does not name.
 */
enum birthplace { BORN_HERE, BORN_BELOW, BORN_FIRST };

static enum birthplace birthplace(void)
{
	char *own = procfs_link(getpid(), "ns/pid"), *children = procfs_link(getpid(), "ns/pid_for_children");
	enum birthplace place = !children ? BORN_FIRST : own && !strcmp(own, children) ? BORN_HERE : BORN_BELOW;

	free(own);
	free(children);
	return place;
}

static void taken_words(const pid_t *pids, unsigned int nr, unsigned int levels, char *buf, size_t size)
{
	int i = refusal_taken(pids, nr);
	char holder[80] = "a task that cannot be seen from here";

	if (i < 0)
		return;
	if ((unsigned int)i == nr - 1 && tree_proc_is_ours() && birthplace() == BORN_HERE)
		refusal_holder(pids[i], holder, sizeof(holder));
	snprintf(buf, size, "pid %d is taken at level %u by %s", pids[i], levels - nr + i, holder);
}

/* Explain that clone3() has no 0, and that one after a pid cannot be left out. */
static void zero_words(const pid_t *pids, unsigned int nr, unsigned int levels, char *buf, size_t size)
{
	for (unsigned int i = 1; i < nr; i++) {
		if (pids[i] || !pids[i - 1])
			continue;
		snprintf(buf, size, "clone3() cannot leave level %u to the kernel while it is given a pid above it",
			 levels - nr + i);
		return;
	}
}

static void invalid_words(bool clone3, const pid_t *pids, unsigned int nr, unsigned int levels, char *buf, size_t size)
{
	long max = pid_max();

	if (nr > levels) {
		snprintf(buf, size, "%u pids for the %u level%s of pid namespaces that there are", nr, levels,
			 levels == 1 ? "" : "s");
		return;
	}
	for (unsigned int i = 0; i < nr; i++) {
		unsigned int level = levels - nr + i;

		if (pids[i] >= 0 && pids[i] < max)
			continue;
		if (pids[i] < 0)
			snprintf(buf, size, "pid %d at level %u is negative", pids[i], level);
		else
			snprintf(buf, size, "pid %d at level %u is not below pid_max, %ld", pids[i], level, max);
		return;
	}
	if (pids[nr - 1] > 1 && tree_proc_is_ours() && birthplace() == BORN_FIRST)
		snprintf(buf, size, "pid %d at level %u: the namespace has no init yet, which must be pid 1",
			 pids[nr - 1], levels - 1);
	else if (clone3)
		zero_words(pids, nr, levels, buf, size);
}

void refusal_words(int error, bool clone3, const pid_t *pids, unsigned int nr, char *buf, size_t size)
{
	unsigned int levels;

	*buf = 0;
	if (!nr)
		return;
	if (error == EPERM) {
		snprintf(buf, size, "choosing pids requires CAP_SYS_ADMIN in the %s user namespace",
			 clone3 ? "owning" : "initial");
		return;
	}
	levels = refusal_levels();
	if (!levels)
		return;
	if (error == EBUSY || error == EEXIST)
		taken_words(pids, nr, levels, buf, size);
	else if (error == EINVAL)
		invalid_words(clone3, pids, nr, levels, buf, size);
}
