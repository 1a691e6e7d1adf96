// SPDX-License-Identifier: GPL-2.0
/*
 * Outsiders: processes outside the tree that are in one of its process groups or sessions, because they have been
 * adopted from the tree or have joined.  They keep a number of the tree taken when it is killed.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/procfs.h"
#include "record.h"
#include "lib/report.h"
#include "lib/wait.h"

/* How long we wait for an outsider that has ended to be reaped. */
#define REAP_BOUND_MS 2000

/* The use of each number at the level of /proc. */
enum { FREE, NEEDED, MEMBER };	/* MEMBER: a task of the tree, which is needed, too */

static void mark(unsigned char *numbers, pid_t nr, int as)
{
	if (nr > 0 && nr < PID_LIMIT && numbers[nr] < as)
		numbers[nr] = as;
}

/*
 * Find the numbers that a restart on this machine needs: each task's pid, and those of the leaders that need stand-ins.
 */
static unsigned char *find_needed(const struct recorder *rec)
{
	unsigned char *numbers = calloc(PID_LIMIT, 1);

	for (int i = 0; numbers && i < rec->tree.n; i++) {
		const struct task *t = &rec->tree.held[i].task;
		const struct recorded_task *r = &rec->image.tasks[i];

		mark(numbers, t->pid[0], MEMBER);
		if (!r->pgid_outside)
			mark(numbers, t->pgid, NEEDED);
		if (!r->sid_outside)
			mark(numbers, t->sid, NEEDED);
	}
	return numbers;
}

/* The number that a process in this group and session keeps taken; 0: none. */
static pid_t keeps(const unsigned char *numbers, pid_t pgid, pid_t sid)
{
	if (pgid > 0 && numbers[pgid] != FREE)
		return pgid;
	return sid > 0 && numbers[sid] != FREE ? sid : 0;
}

static int check(const unsigned char *numbers, pid_t pid, bool only_warn)
{
	long deadline = now_ms() + REAP_BOUND_MS;
	struct procfs_stat s;

	/* Until it is gone. */
	while (!procfs_stat(pid, &s)) {
		pid_t pgid = s.field[STAT_PGRP], nr = keeps(numbers, pgid, s.field[STAT_SESSION]);

		if (!nr)
			break;
		/* A zombie's parent may be about to wait for it. */
		if (s.state == 'Z' && now_ms() < deadline) {
			sleep_ms(1);
			continue;
		}
		report(0, "pid %d (%s), outside the tree, is in %s %d of the tree%s: %s pid %d taken, and the tree "
		       "could not come back", pid, s.name, nr == pgid ? "process group" : "session", nr,
		       s.state == 'Z' ? ", and nobody waits for it" : "",
		       only_warn ? "it keeps" : "it would keep", nr);
		return only_warn ? 0 : -1;
	}
	return 0;
}

int record_check_outsiders(const struct recorder *rec, bool only_warn)
{
	unsigned char *numbers = find_needed(rec);
	DIR *dir = opendir("/proc");
	struct dirent *d;
	int ret = numbers && dir ? 0 : -1;

	if (ret)
		report(errno, "look for other members of the tree's process groups and sessions");
	while (!ret && (d = readdir(dir))) {
		pid_t pid = atoi(d->d_name);

		if (pid > 0 && pid < PID_LIMIT && numbers[pid] != MEMBER)
			ret = check(numbers, pid, only_warn);
	}
	if (dir)
		closedir(dir);
	free(numbers);
	return ret;
}
