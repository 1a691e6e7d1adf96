// SPDX-License-Identifier: GPL-2.0
/*
 * Mount namespaces.  One of the tree's has the caller's mounts, each with flags of its own, and perhaps one more on /proc;
 * whatever else mountinfo says of it has to be the same, as a restart makes it by a copy of its own namespace.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "mountinfo.h"
#include "record.h"
#include "report.h"

/* What a mount forbids, as statfs() has it: include/linux/statfs.h.  Not how it keeps access times. */
#define BOUNDS (0x0001 | 0x0002 | 0x0004 | 0x0008 | 0x2000)	/* RDONLY, NOSUID, NODEV, NOEXEC, NOSYMFOLLOW */

/* The mounts of a namespace, and a descriptor of its root directory. */
struct mount_view {
	struct mount_table table;
	int root;
};

static int fail(const struct task *t, const char *why)
{
	report(0, "pid %d (%s) cannot be recorded: %s", t->pid[0], t->name, why);
	return -1;
}

static int refuse(const struct task *t, const char *point, const char *why)
{
	report(0, "pid %d (%s) cannot be recorded: its mount `%s' %s", t->pid[0], t->name, point, why);
	return -1;
}

/* That of a namespace is [1 + its index]: the caller's comes first. */
static const struct mount_view *view(const struct recorder *rec, int mounts)
{
	return &rec->views[1 + mounts];
}

/* Of the namespace that has the mount; -2: none that is known. */
static int mounts_of(const struct recorder *rec, int mount)
{
	for (int i = -1; i < (int)rec->image.n_mountss; i++)
		if (mountinfo_by_id(&view(rec, i)->table, mount) >= 0)
			return i;
	return -2;
}

static bool find(const struct recorder *rec, int mounts, const char *path, struct file_id *found)
{
	if (*path != '/')
		return false;
	path += strspn(path, "/");
	return !file_id(found, view(rec, mounts)->root, *path ? path : ".", AT_SYMLINK_NOFOLLOW);
}

bool record_leads_to(const struct recorder *rec, int mounts, const char *path, const struct file_id *id)
{
	struct file_id found;

	return find(rec, mounts, path, &found) && file_id_same(&found, id);
}

/* Does the mount of what a path leads to forbid the same as that of what a link leads to? */
static bool same_bounds(const struct recorder *rec, const char *link, int mounts, const char *path)
{
	int fd = openat(view(rec, mounts)->root, path + 1, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct statfs a, b;
	bool same = fd >= 0 && !statfs(link, &a) && !fstatfs(fd, &b) && !((a.f_flags ^ b.f_flags) & BOUNDS);

	if (fd >= 0)
		close(fd);
	return same;
}

static int mounts_of_task(const struct recorder *rec, pid_t tid)
{
	return rec->image.tasks[tree_by_pid(&rec->tree, tid)].mounts;
}

/*
 * A program that was started before its process went into the mount namespace, for instance, was opened by mounts that
 * nobody has any more who is known here.  The process's own will do, if they lead to the same file and forbid the same:
 * nothing is behind a file.  But something is behind a directory.
 */
const char *record_way_to(const struct recorder *rec, pid_t tid, const char *link, const char *path,
			  const struct file_id *id, int32_t *mounts)
{
	struct file_id found;

	*mounts = mounts_of(rec, id->mount);
	if (*mounts >= -1)
		return record_leads_to(rec, *mounts, path, id) ? NULL : "its name is gone, or is another file's";
	*mounts = mounts_of_task(rec, tid);
	if (S_ISDIR(id->mode))
		return "a directory of a mount namespace outside the tree";
	if (!find(rec, *mounts, path, &found) || found.ino != id->ino || found.major != id->major || found.minor != id->minor)
		return "its name is gone, or is another file's";
	return same_bounds(rec, link, *mounts, path) ? NULL : "opened by way of a mount that has other options";
}

const char *record_way_of_deleted(const struct recorder *rec, pid_t tid, const char *link, const char *directory,
				  int mount, int32_t *mounts)
{
	*mounts = mounts_of(rec, mount);
	if (*mounts < -1)
		*mounts = mounts_of_task(rec, tid);
	return same_bounds(rec, link, *mounts, directory) ? NULL : "a deleted file on a mount that has other options than /tmp";
}

/* Is the directory the root of its mount namespace?  Nothing is above it then. */
static bool is_root_of_all(int root)
{
	struct file_id here, above;

	return !file_id(&here, root, ".", 0) && !file_id(&above, root, "..", 0) && file_id_same(&here, &above);
}

/* Look at a namespace by the eyes of a task that can see all of it.  0, 1 if this one cannot, or -1 with errno. */
static int look(struct mount_view *v, pid_t pid)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/root", pid);
	v->root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (v->root < 0)
		return -1;
	if (pid == getpid() || is_root_of_all(v->root))
		return mountinfo_read(&v->table, pid);
	close(v->root);
	v->root = -1;
	return 1;
}

static struct mount_view *add_view(struct recorder *rec, uint32_t n)
{
	struct mount_view *larger = realloc(rec->views, (n + 1) * sizeof(*larger));

	if (!larger)
		return NULL;
	rec->views = larger;
	larger[n] = (struct mount_view){ .root = -1 };
	return &larger[n];
}

/* The namespace of a task, which may have gone elsewhere by chroot(): another one of the tree has not. */
static int look_into(struct recorder *rec, int index)
{
	const struct task *t = &rec->tree.task[index];
	struct mount_view *v = add_view(rec, rec->image.n_mountss + 1);
	int ret = v ? 1 : -1;

	for (int i = index; i < rec->tree.n && ret > 0; i++)
		if (rec->tree.task[i].state != 'Z' && rec->tree.task[i].ns[NS_MNT] == t->ns[NS_MNT])
			ret = look(v, rec->tree.task[i].pid[0]);
	if (ret > 0)
		return fail(t, "nobody in its mount namespace has the root directory of that");
	return ret ? fail(t, "its mounts cannot be read") : 0;
}

/* Do both have their places on mounts of the same place? */
static bool same_parent(const struct mount_table *a, int i, const struct mount_table *b, int k)
{
	int above_a = mountinfo_by_id(a, a->line[i].parent), above_b = mountinfo_by_id(b, b->line[k].parent);

	if (above_a < 0 || above_b < 0 || above_a == i || above_b == k)
		return (above_a < 0 || above_a == i) == (above_b < 0 || above_b == k);
	return !strcmp(a->line[above_a].point, b->line[above_b].point) && mountinfo_rank(a, above_a) == mountinfo_rank(b, above_b);
}

/* What of a mount no flag changes.  NULL, or what differs. */
static const char *differs(const struct mount_table *a, int i, const struct mount_table *b, int k)
{
	const struct mount_line *x = &a->line[i], *y = &b->line[k];

	return strcmp(x->device, y->device) || strcmp(x->root, y->root) ? "is of another file system than ours" :
	       strcmp(x->type, y->type) || strcmp(x->source, y->source) ? "has another type or source than ours" :
	       strcmp(x->super, y->super) ? "has other options of its file system than ours" :
	       !same_parent(a, i, b, k) ? "is on top of another one than ours" : NULL;
}

static bool is_proc(const struct mount_line *l)
{
	return !strcmp(l->point, "/proc");
}

/* A restart can set the flags of what it reaches by name. */
static int record_point(const struct task *t, const struct mount_view *v, int i, struct mounts *m)
{
	const struct mount_line *l = &v->table.line[i];
	struct mount_point *p = &m->points[m->n_points];
	char what[PATH_SIZE];

	if (*l->propagation)
		return refuse(t, l->point, "shares its mounts with others, or must not be bound (its propagation)");
	if (mountinfo_flags(l->options, &p->flags))
		return refuse(t, l->point, "has options that an image cannot hold");
	if (m->n_points == MOUNTS_MAX || snprintf(what, sizeof(what), "%s %s %s %.2s", l->root, l->type, l->source, l->super) >=
	    (int)sizeof(what))
		return refuse(t, l->point, "is one too many, or has too long a name");
	m->n_points++;		/* from here on, the image frees it */
	p->point = strdup(l->point);
	p->what = strdup(what);
	return p->point && p->what ? 0 : fail(t, strerror(ENOMEM));
}

/* One whose flags are not the caller's has to be reached by its name. */
static int check_flags(const struct task *t, const struct mount_view *v, int i, const struct mount_line *ours)
{
	const struct mount_line *l = &v->table.line[i];
	struct file_id id;

	if (!strcmp(l->options, ours->options))
		return 0;
	if (!file_id(&id, v->root, l->point[1] ? l->point + 1 : ".", 0) && id.mount == l->id)
		return 0;
	return refuse(t, l->point, "lies under another one, and has other options than ours");
}

/* All but those on /proc: one by one the caller's. */
static int record_points(struct recorder *rec, const struct task *t, const struct mount_view *v, struct mounts *m)
{
	const struct mount_table *theirs = &v->table, *ours = &view(rec, -1)->table;
	int i = 0, k = 0;

	m->points = calloc(theirs->n + 1, sizeof(*m->points));
	if (!m->points)
		return fail(t, strerror(ENOMEM));
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
			return refuse(t, order < 0 ? theirs->line[i].point : ours->line[k].point,
				      order < 0 ? "is none of ours" : "is one of ours, and not there");
		why = differs(theirs, i, ours, k);
		if (why)
			return refuse(t, theirs->line[i].point, why);
		if (check_flags(t, v, i, &ours->line[k]) || record_point(t, v, i, m))
			return -1;
		i++;
		k++;
	}
}

/*
 * Whose pid namespace is it that the task sees in /proc?  The index of its init in the tree; -1 when reported.
 */
static int find_proc(const struct recorder *rec, const struct task *t, const struct mount_view *v)
{
	struct stat st;

	if (!fstatat(v->root, "proc/1/ns/pid", &st, 0))
		for (int i = 0; i < rec->tree.n; i++)
			if (rec->image.tasks[i].new_pid_ns && rec->tree.task[i].ns[NS_PID] == st.st_ino)
				return i;
	return fail(t, "its /proc is that of a pid namespace outside the tree");
}

/* The mounts on /proc are those around it, and perhaps one more. */
static int check_proc(const struct task *t, const struct mount_table *a, const struct mount_table *b, bool *one_more)
{
	int top = mountinfo_top(a, "/proc"), below = mountinfo_top(b, "/proc");
	int n = top < 0 ? 0 : mountinfo_rank(a, top) + 1, n_below = below < 0 ? 0 : mountinfo_rank(b, below) + 1;

	if (n != n_below && n != n_below + 1)
		return refuse(t, "/proc", "is more than one more than around its mount namespace, or one less");
	*one_more = n > n_below;
	for (int i = 0; i < n; i++) {
		int ours = below - n_below + 1 + i, theirs = top - n + 1 + i;
		const char *why = i < n_below ? differs(a, theirs, b, ours) : NULL;

		if (why)
			return refuse(t, "/proc", why);
		if (i < n - 1 && strcmp(a->line[theirs].options, b->line[ours].options))
			return refuse(t, "/proc", "lies under another one, and has other options than around its mount namespace");
	}
	return 0;
}

/* A proc of its own can be mounted again. */
static int record_own_proc(struct recorder *rec, const struct task *t, const struct mount_view *v, struct mounts *m)
{
	const struct mount_line *l = &v->table.line[mountinfo_top(&v->table, "/proc")];

	if (strcmp(l->type, "proc") || strcmp(l->root, "/"))
		return refuse(t, "/proc", "is no proc, or not all of it");
	if (strcmp(l->super, "rw") || strlen(l->source) >= sizeof(m->proc_source))
		return refuse(t, "/proc", "has options of its file system that are not restored");
	m->proc_of = find_proc(rec, t, v);
	return m->proc_of < 0 ? -1 : 0;
}

static int record_proc(struct recorder *rec, int index, const struct mount_view *v, struct mounts *m)
{
	const struct task *t = &rec->tree.task[index];
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
		return refuse(t, "/proc", "shares its mounts with others (its propagation)");
	if (mountinfo_flags(l->options, &m->proc_flags))
		return refuse(t, "/proc", "has options that an image cannot hold");
	if (one_more && record_own_proc(rec, t, v, m))
		return -1;
	snprintf(m->proc_source, sizeof(m->proc_source), "%s", l->source);
	return 0;
}

/* The index in image.mountss of the task's mount namespace. */
static int record_mounts(struct recorder *rec, int index, const struct task *own)
{
	const struct task *t = &rec->tree.task[index];
	struct recorded_task *out = &rec->image.tasks[index];
	const struct mount_view *v;
	struct mounts *m;
	int first;

	if (record_inherited(rec, index, NS_MNT, own, &first))
		return -1;
	if (t->ns[NS_MNT] == own->ns[NS_MNT])
		return 0;
	if (first >= 0) {
		out->mounts = rec->image.tasks[first].mounts;
		return 0;
	}
	if (look_into(rec, index))
		return -1;
	m = image_append(&rec->image, IMAGE_MOUNTS);
	if (!m)
		return fail(t, strerror(ENOMEM));
	out->mounts = rec->image.n_mountss - 1;
	v = view(rec, out->mounts);
	return record_points(rec, t, v, m) || record_proc(rec, index, v, m) ? -1 : 0;
}

int record_all_mounts(struct recorder *rec, const struct task *own)
{
	struct mount_view *v = add_view(rec, 0);

	if (!v || look(v, getpid())) {
		report(errno, "read our own mounts");
		return -1;
	}
	for (int i = 0; i < rec->tree.n; i++) {
		struct recorded_task *t = &rec->image.tasks[i];

		if (t->kind == TASK_THREAD)
			t->mounts = rec->image.tasks[t->parent].mounts;
		else if (t->kind == TASK_PROCESS && record_mounts(rec, i, own))
			return -1;
	}
	return 0;
}

void record_forget_mounts(struct recorder *rec)
{
	for (uint32_t i = 0; rec->views && i <= rec->image.n_mountss; i++) {
		if (rec->views[i].root >= 0)
			close(rec->views[i].root);
		mountinfo_free(&rec->views[i].table);
	}
	free(rec->views);
	rec->views = NULL;
}
