// SPDX-License-Identifier: GPL-2.0
/*
 * Mount namespaces: through whose mounts a path leads to what a task has open.  points.c records the mounts themselves.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "points.h"
#include "cr/hold/refuse.h"
#include "lib/report.h"

#define BOUNDS (BOUND_RDONLY | BOUND_NOSUID | BOUND_NODEV | BOUND_NOEXEC | BOUND_NOSYMFOLLOW)

/* The index of the mount namespace that has this mount, -1 for the caller's; -2: none that we know. */
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

/* Does the path's mount forbid the same as the link's mount? */
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
	return rec->image.tasks[held_by_pid(&rec->tree, tid)->index].mounts;
}

/*
 * A file may have been opened through a mount of a namespace that we do not know: for instance a program that was
 * started before its process entered its mount namespace.  Then the process's own mounts will do, if they lead to the
 * same file and forbid the same.  But not for a directory, from which one can reach other files.
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
	struct statfs fs;

	*mounts = mounts_of(rec, mount);
	if (*mounts < -1)
		*mounts = mounts_of_task(rec, tid);
	if (statfs(link, &fs) || fs.f_flags & BOUND_RDONLY)
		return "a deleted file on a mount that is read-only by now";
	return same_bounds(rec, link, *mounts, directory) ? NULL : "a deleted file on a mount that has other options than /tmp";
}

/* Is the directory the root of its mount namespace, with nothing above it? */
static bool is_root_of_all(int root)
{
	struct file_id here, above;

	return !file_id(&here, root, ".", 0) && !file_id(&above, root, "..", 0) && file_id_same(&here, &above);
}

/* Read a mount namespace through a task's root.  Returns 0; 1 if the task cannot see all of it; or -1 with errno. */
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

/* Read the mount namespace of a task.  If chroot() hides a part of it, try another task of the tree that is in it. */
static int look_into(struct recorder *rec, const struct held *h)
{
	ino_t ns = h->task.ns[NS_MNT];
	struct mount_view *v = add_view(rec, rec->image.n_mountss + 1);
	int ret = v ? 1 : -1;

	for (int i = h->index; i < rec->tree.n && ret > 0; i++)
		if (!held_is_zombie(&rec->tree.held[i]) && rec->tree.held[i].task.ns[NS_MNT] == ns)
			ret = look(v, rec->tree.held[i].task.pid[0]);
	if (ret > 0)
		return refuse(&h->task, NULL, "no task has the root directory of its mount namespace");
	return ret ? refuse_unread(&h->task, "mounts") : 0;
}

/* Record the task's mount namespace, and return its index in image.mountss. */
static int record_mounts(struct recorder *rec, const struct held *h)
{
	struct recorded_task *out = &rec->image.tasks[h->index];
	const struct mount_view *v;
	struct mounts *m;
	int first;

	if (record_inherited(rec, h, NS_MNT, &first))
		return -1;
	if (h->task.ns[NS_MNT] == rec->own.ns[NS_MNT])
		return 0;
	if (first >= 0) {
		out->mounts = rec->image.tasks[first].mounts;
		return 0;
	}
	if (look_into(rec, h))
		return -1;
	m = image_append(&rec->image, IMAGE_MOUNTS);
	if (!m)
		return refuse(&h->task, NULL, strerror(ENOMEM));
	out->mounts = rec->image.n_mountss - 1;
	v = view(rec, out->mounts);
	return record_points(rec, h, v, m) || record_proc(rec, h, v, m) ? -1 : 0;
}

int record_all_mounts(struct recorder *rec)
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
		else if (t->kind == TASK_PROCESS && record_mounts(rec, &rec->tree.held[i]))
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
