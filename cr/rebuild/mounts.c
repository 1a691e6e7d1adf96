// SPDX-License-Identifier: GPL-2.0
/*
 * Mount namespaces.  Their first processes have made them (cr/create/inside.c).  What a task opened through their
 * mounts is opened through them again.  A file opened through the restarting program's own mounts would lead out of a
 * container: from a directory of the machine, one can reach the machine's /proc.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include "lib/mountinfo.h"
#include "rebuild.h"
#include "lib/report.h"

/* The index in the plan of a namespace's first process. */
static int first_planned(const struct builder *b, int mounts)
{
	int i = b->plan.n - 1;

	while (i >= 0 && !(b->plan.planned[i].new_mounts && b->plan.planned[i].mounts == mounts))
		i--;
	return i;
}

static int differs(const char *point, const char *what, const char *is)
{
	report(0, "the mount `%s' was %s, and would be %s", point, what, is);
	return -1;
}

static int compare_flags(const char *point, uint32_t was, const char *options)
{
	uint32_t is;
	char text[32];

	if (!mountinfo_flags(options, &is) && is == was)
		return 0;
	snprintf(text, sizeof(text), "of flags 0x%x", was);
	return differs(point, text, options);
}

static int compare_point(const struct mount_point *p, const struct mount_line *l)
{
	char what[PATH_SIZE];

	snprintf(what, sizeof(what), "%s %s %s %.2s", l->root, l->type, l->source, l->super);
	if (strcmp(what, p->what))
		return differs(l->point, p->what, what);
	if (*l->propagation)
		return differs(l->point, "private", l->propagation);
	return compare_flags(l->point, p->flags, l->options);
}

/* Compare all mounts that are not on /proc, both lists sorted by mount point, and the uppermost one on /proc. */
static int compare(const struct mounts *m, const struct mount_table *t)
{
	int top = mountinfo_top(t, "/proc");
	uint32_t k = 0;

	for (int i = 0; i < t->n; i++) {
		const struct mount_line *l = &t->line[i];
		int order;

		if (!strcmp(l->point, "/proc"))
			continue;
		order = k == m->n_points ? -1 : strcmp(l->point, m->points[k].point);
		if (order)
			return order < 0 ? differs(l->point, "not there", "there") : differs(m->points[k].point, "there", "gone");
		if (compare_point(&m->points[k++], l))
			return -1;
	}
	if (k < m->n_points)
		return differs(m->points[k].point, "there", "gone");
	if (m->proc_of >= 0 && (top < 0 || strcmp(t->line[top].source, m->proc_source)))
		return differs("/proc", m->proc_source, top < 0 ? "gone" : t->line[top].source);
	if (m->proc_of >= 0 && strcmp(t->line[top].super, "rw"))
		return differs("/proc", "rw", t->line[top].super);
	return top < 0 ? 0 : compare_flags("/proc", m->proc_flags, t->line[top].options);
}

/* Check that its /proc is that of the recorded pid namespace or, if it was inherited, the same as around it. */
static int check_proc(const struct builder *b, int mounts)
{
	const struct mounts *m = &b->image->mountss[mounts];
	int creator = b->plan.planned[first_planned(b, mounts)].creator;
	int around = creator < 0 ? -1 : b->plan.planned[creator].mounts;
	struct stat its, wanted;
	char path[40];
	bool same;

	if (!*m->proc_source)
		return 0;
	if (m->proc_of < 0) {
		same = !fstatat(b->mounts_root[mounts], "proc", &its, 0) &&
		       !fstatat(around < 0 ? AT_FDCWD : b->mounts_root[around], around < 0 ? "/proc" : "proc", &wanted, 0) &&
		       its.st_dev == wanted.st_dev;
	} else {
		snprintf(path, sizeof(path), "/proc/%d/ns/pid", b->remote[m->proc_of].tid);
		same = !fstatat(b->mounts_root[mounts], "proc/1/ns/pid", &its, 0) && !stat(path, &wanted) &&
		       its.st_ino == wanted.st_ino;
	}
	return same ? 0 : differs("/proc", "that of a pid namespace", "that of another one");
}

int rebuild_find_mounts(struct builder *b)
{
	for (uint32_t i = 0; i < b->image->n_mountss; i++) {
		int first = first_planned(b, i);
		pid_t tid = first < 0 ? 0 : b->creation.tid[first];
		struct mount_table t;
		char path[32];
		int ret;

		b->mounts_first[i] = tid;
		snprintf(path, sizeof(path), "/proc/%d/root", tid);
		b->mounts_root[i] = tid ? open(path, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
		if (b->mounts_root[i] < 0 || mountinfo_read(&t, tid)) {
			report(tid ? errno : ESRCH, "look into mount namespace %u", i);
			return -1;
		}
		ret = compare(&b->image->mountss[i], &t) || check_proc(b, i) ? -1 : 0;
		mountinfo_free(&t);
		if (ret)
			return -1;
	}
	return 0;
}
