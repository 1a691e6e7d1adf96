// SPDX-License-Identifier: GPL-2.0
/* Check that the threads of a process share memory, descriptors and the like, and that no other tasks do. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/kcmp.h>
#include <sys/syscall.h>

#include "record.h"
#include "cr/hold/refuse.h"

/* What each process has of its own, and its threads share.  Only clone() with unusual flags makes it otherwise. */
static const struct { int kind; const char *what; } shareable[] = {
	{ KCMP_VM, "memory" }, { KCMP_FILES, "its table of descriptors" },
	{ KCMP_FS, "its working directory" }, { KCMP_SIGHAND, "signal actions" },
};
#define N_SHAREABLE (sizeof(shareable) / sizeof(*shareable))

/* kcmp() orders what it compares: 0 equal, 1 less, 2 greater. */
static int sorted_by;

static int by_kcmp(const void *a, const void *b)
{
	const struct task *const *x = a, *const *y = b;
	long order = syscall(SYS_kcmp, (*x)->pid[0], (*y)->pid[0], sorted_by, 0, 0);

	return order == 1 ? -1 : order == 2;
}

/* Refuse two processes that share something: they are neighbours when all are sorted by it. */
static int check_processes(const struct recorder *rec)
{
	const struct task **sorted = calloc(rec->tree.n, sizeof(*sorted));
	char why[80];
	int n = 0, ret = 0;

	for (int i = 0; sorted && i < rec->tree.n; i++) {
		const struct held *h = &rec->tree.held[i];

		if (!held_is_zombie(h) && task_is_leader(&h->task))
			sorted[n++] = &h->task;
	}
	for (size_t k = 0; sorted && k < N_SHAREABLE && !ret; k++) {
		sorted_by = shareable[k].kind;
		qsort(sorted, n, sizeof(*sorted), by_kcmp);
		for (int i = 1; i < n && !ret; i++) {
			if (by_kcmp(&sorted[i - 1], &sorted[i]))
				continue;
			snprintf(why, sizeof(why), "it shares %s with pid %d", shareable[k].what, sorted[i]->pid[0]);
			ret = refuse(sorted[i - 1], NULL, why);
		}
	}
	free(sorted);
	return sorted ? ret : refuse(&rec->tree.held[0].task, NULL, strerror(ENOMEM));
}

/* Refuse a thread that does not share everything with its leader. */
static int check_thread(const struct task *t)
{
	char why[80];

	for (size_t k = 0; k < N_SHAREABLE; k++) {
		if (!syscall(SYS_kcmp, t->pid[0], t->tgid, shareable[k].kind, 0, 0))
			continue;
		snprintf(why, sizeof(why), "it does not share %s with its thread group", shareable[k].what);
		return refuse(t, NULL, why);
	}
	return 0;
}

int record_check_sharing(const struct recorder *rec)
{
	for (int i = 0; i < rec->tree.n; i++) {
		const struct held *h = &rec->tree.held[i];

		if (!held_is_zombie(h) && !task_is_leader(&h->task) && check_thread(&h->task))
			return -1;
	}
	return check_processes(rec);
}
