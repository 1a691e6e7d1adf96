// SPDX-License-Identifier: GPL-2.0
/*
 * Record mounts.  A mount namespace of the tree must have the caller's mounts, each perhaps with other flags, and at
 * most one more on /proc.  A restart makes the namespace as a copy of its own, so everything else in mountinfo must be
 * equal.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "points.h"
#include "cr/hold/refuse.h"

static int refuse_mount(const struct task *t, const char *point, const char *why)
{
	char text[240];

	snprintf(text, sizeof(text), "its mount `%.120s' %s", point, why);
	return refuse(t, NULL, text);
}

/* Are both mounted on corresponding parent mounts? */
static bool same_parent(const struct mount_table *a, int i, const struct mount_table *b, int k)
{
	int above_a = mountinfo_by_id(a, a->line[i].parent), above_b = mountinfo_by_id(b, b->line[k].parent);

	if (above_a < 0 || above_b < 0 || above_a == i || above_b == k)
		return (above_a < 0 || above_a == i) == (above_b < 0 || above_b == k);
	return !strcmp(a->line[above_a].point, b->line[above_b].point) && mountinfo_rank(a, above_a) == mountinfo_rank(b, above_b);
}

/* Compare what no mount flag changes.  Returns NULL, or what differs. */
static const char *differs(const struct mount_table *a, int i, const struct mount_table *b, int k)
{
	const struct mount_line *x = &a->line[i], *y = &b->line[k];

	return strcmp(x->device, y->device) || strcmp(x->root, y->root) ? "is of a different file system from ours" :
	       strcmp(x->type, y->type) || strcmp(x->source, y->source) ? "has a different type or source from ours" :
	       strcmp(x->super, y->super) ? "has different file system options from ours" :
	       !same_parent(a, i, b, k) ? "lies on a different mount from ours" : NULL;
}

static bool is_proc(const struct mount_line *l)
{
	return !strcmp(l->point, "/proc");
}

/* Record a mount and its flags, which a restart can set. */
static int record_point(const struct task *t, const struct mount_view *v, int i, struct mounts *m)
{
	const struct mount_line *l = &v->table.line[i];
	struct mount_point *p = &m->points[m->n_points];
	char what[PATH_SIZE];

	if (*l->propagation)
		return refuse_mount(t, l->point, "shares its mounts with others, or must not be bound (its propagation)");
	if (mountinfo_flags(l->options, &p->flags))
		return refuse_mount(t, l->point, "has options that an image cannot hold");
	if (m->n_points == MOUNTS_MAX || snprintf(what, sizeof(what), "%s %s %s %.2s", l->root, l->type, l->source, l->super) >=
	    (int)sizeof(what))
		return refuse_mount(t, l->point, "exceeds the limit for mounts, or has too long a name");
	m->n_points++;		/* from here on, the image frees it */
	p->point = strdup(l->point);
	p->what = strdup(what);
	return p->point && p->what ? 0 : refuse(t, NULL, strerror(ENOMEM));
}

/* If a mount's flags differ from the caller's, a restart must reach it by its mount point to set them. */
static int check_flags(const struct task *t, const struct mount_view *v, int i, const struct mount_line *ours)
{
	const struct mount_line *l = &v->table.line[i];
	struct file_id id;

	if (!strcmp(l->options, ours->options))
		return 0;
	if (!file_id(&id, v->root, l->point[1] ? l->point + 1 : ".", 0) && id.mount == l->id)
		return 0;
	return refuse_mount(t, l->point, "is hidden by another one, and has different options from ours");
}

/* Both tables are sorted by mount point, so walk through them in parallel. */
int record_points(struct recorder *rec, const struct held *h, const struct mount_view *v, struct mounts *m)
{
	const struct task *t = &h->task;
	const struct mount_table *theirs = &v->table, *ours = &view(rec, -1)->table;
	int i = 0, k = 0;

	m->points = calloc(theirs->n + 1, sizeof(*m->points));
	if (!m->points)
		return refuse(t, NULL, strerror(ENOMEM));
	for (;;) {
		const char *why;
		int order;

		while (i < theirs->n && is_proc(&theirs->line[i]))
			i++;
		while (k < ours->n && is_proc(&ours->line[k]))
			k++;
		if (i == theirs->n && k == ours->n)
			return 0;
		order = i == theirs->n ? 1 : k == ours->n ? -1 : strcmp(theirs->line[i].point, ours->line[k].point);
		if (order)
			return refuse_mount(t, order < 0 ? theirs->line[i].point : ours->line[k].point,
				      order < 0 ? "is not one of the caller's" : "is one of the caller's, but missing");
		why = differs(theirs, i, ours, k);
		if (why)
			return refuse_mount(t, theirs->line[i].point, why);
		if (check_flags(t, v, i, &ours->line[k]) || record_point(t, v, i, m))
			return -1;
		i++;
		k++;
	}
}

/*
 * Find the pid namespace that the task sees in /proc.  Returns the index of its init in the tree, or -1 when reported.
 */
static int find_proc(const struct recorder *rec, const struct task *t, const struct mount_view *v)
{
	struct stat st;

	if (fstatat(v->root, "proc/1/ns/pid", &st, 0))
		return errno == ELOOP ? refuse_mount(t, "/proc", "is nosymfollow, which hides its pid namespace")
				      : refuse(t, NULL, "its /proc is that of a pid namespace that has ended");
	for (int i = 0; i < rec->tree.n; i++)
		if (rec->image.tasks[i].new_pid_ns && rec->tree.held[i].task.ns[NS_PID] == st.st_ino)
			return i;
	return refuse(t, NULL, "its /proc is that of a pid namespace outside the tree");
}

/* The mounts on /proc must be those of the parent's mount namespace, and at most one more. */
static int check_proc(const struct task *t, const struct mount_table *a, const struct mount_table *b, bool *one_more)
{
	int top = mountinfo_top(a, "/proc"), below = mountinfo_top(b, "/proc");
	int n = top < 0 ? 0 : mountinfo_rank(a, top) + 1, n_below = below < 0 ? 0 : mountinfo_rank(b, below) + 1;

	if (n != n_below && n != n_below + 1)
		return refuse_mount(t, "/proc", "is not what its parent mount namespace has, with at most one more on top");
	*one_more = n > n_below;
	for (int i = 0; i < n; i++) {
		int ours = below - n_below + 1 + i, theirs = top - n + 1 + i;
		const char *why = i < n_below ? differs(a, theirs, b, ours) : NULL;

		if (why)
			return refuse_mount(t, "/proc", why);
		if (i < n - 1 && strcmp(a->line[theirs].options, b->line[ours].options))
			return refuse_mount(t, "/proc", "is hidden by another one, and has different options from those around its mount namespace");
	}
	return 0;
}

/* Record a mount of proc that is the namespace's own and that a restart can mount again. */
static int record_own_proc(struct recorder *rec, const struct task *t, const struct mount_view *v, struct mounts *m)
{
	const struct mount_line *l = &v->table.line[mountinfo_top(&v->table, "/proc")];

	if (strcmp(l->type, "proc") || strcmp(l->root, "/"))
		return refuse_mount(t, "/proc", "is not proc, or only a part of it");
	if (strcmp(l->super, "rw") || strlen(l->source) >= sizeof(m->proc_source))
		return refuse_mount(t, "/proc", "has file system options that are not restored");
	m->proc_of = find_proc(rec, t, v);
	return m->proc_of < 0 ? -1 : 0;
}

int record_proc(struct recorder *rec, const struct held *h, const struct mount_view *v, struct mounts *m)
{
	const struct task *t = &h->task;
	const struct mount_view *around = view(rec, t->parent < 0 ? -1 : rec->image.tasks[t->parent].mounts);
	int top = mountinfo_top(&v->table, "/proc");
	const struct mount_line *l = &v->table.line[top];
	bool one_more = false;

	m->proc_of = -1;
	if (check_proc(t, &v->table, &around->table, &one_more))
		return -1;
	if (top < 0)
		return 0;
	if (*l->propagation)
		return refuse_mount(t, "/proc", "shares its mounts with others (its propagation)");
	if (mountinfo_flags(l->options, &m->proc_flags))
		return refuse_mount(t, "/proc", "has options that an image cannot hold");
	if (one_more && record_own_proc(rec, t, v, m))
		return -1;
	snprintf(m->proc_source, sizeof(m->proc_source), "%s", l->source);
	return 0;
}
