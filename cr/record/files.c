// SPDX-License-Identifier: GPL-2.0
/*
 * Files: what each descriptor refers to, and which descriptors share it.
 *
 * Two descriptors refer to one open file description if kcmp() says so.  We compare device and inode first, because
 * that is cheap.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/kcmp.h>
#include <sys/syscall.h>

#include "lib/procfs.h"
#include "classify.h"
#include "cr/hold/refuse.h"

static int read_fdinfo(struct look *l)
{
	const char *pos = procfs_value(l->info, "pos"), *flags = procfs_value(l->info, "flags");
	const char *mount = procfs_value(l->info, "mnt_id");

	if (!pos || !flags || !mount)
		return refuse_look(l, "its state cannot be read");
	if (procfs_value(l->info, "lock"))
		return refuse_look(l, "a lock or a lease is held on it");
	l->position = strtoull(pos, NULL, 10);
	l->flags = strtoul(flags, NULL, 8);
	l->mount = atoi(mount);
	return 0;
}

static int look_at(struct look *l, const struct task *task, int fd)
{
	char path[64], name[32];

	*l = (struct look){ .task = task, .fd = fd, .own = -1, .mounts = -1, .same_file = -1 };
	snprintf(name, sizeof(name), "fd/%d", fd);
	l->path = procfs_link(task->pid[0], name);
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", task->pid[0], fd);
	if (!l->path || stat(path, &l->st))
		return refuse_look(l, strerror(errno));
	snprintf(name, sizeof(name), "fdinfo/%d", fd);
	l->info = procfs_text(task->pid[0], name);
	return l->info ? read_fdinfo(l) : refuse_look(l, "its state cannot be read");
}

static void forget(struct look *l)
{
	free(l->path);
	free(l->info);
	l->path = l->info = NULL;
}

/* Refuse a descriptor for which the kernel sends signals. */
static int check_owner(const struct look *l)
{
	struct { int type; pid_t pid; } owner = { 0, 0 };

	if (fcntl(l->own, F_GETOWN_EX, &owner) || owner.pid || fcntl(l->own, F_GETSIG) || l->flags & O_ASYNC)
		return refuse_look(l, "its owner gets signals for it (F_SETOWN, F_SETSIG, O_ASYNC)");
	return 0;
}

/*
 * Order descriptions by inode, and those of one inode as kcmp() does.  Returns -1 (before), 0 (the same) or 1 (after).
 */
static int compare(const struct look *l, const struct found *key)
{
	long order;

	if (l->st.st_dev != key->dev)
		return l->st.st_dev < key->dev ? -1 : 1;
	if (l->st.st_ino != key->ino)
		return l->st.st_ino < key->ino ? -1 : 1;
	order = syscall(SYS_kcmp, l->task->pid[0], key->task->pid[0], KCMP_FILE, l->fd, key->fd);
	return order == 1 ? -1 : order == 0 ? 0 : 1;
}

/* The place of the description in rec->sorted, or where it would be. */
static uint32_t place_of(const struct recorder *rec, const struct look *l, bool *there)
{
	uint32_t low = 0, high = rec->image.n_opens;

	*there = false;
	while (low < high && !*there) {
		uint32_t middle = (low + high) / 2;
		int order = compare(l, &rec->open.found[rec->sorted[middle]]);

		*there = !order;
		if (order <= 0)
			high = middle;
		else
			low = middle + 1;
	}
	return high;
}

/* The first description of this file that was found; they are next to that place.  -1: there is none. */
static int32_t first_of_file(const struct recorder *rec, const struct look *l, uint32_t place)
{
	int32_t first = -1;

	for (int step = -1; step <= 1; step += 2)
		for (int64_t i = step < 0 ? (int64_t)place - 1 : place; i >= 0 && i < rec->image.n_opens; i += step) {
			int32_t other = rec->sorted[i];
			const struct found *key = &rec->open.found[other];

			if (key->dev != l->st.st_dev || key->ino != l->st.st_ino)
				break;
			if ((first < 0 || other < first) && !(rec->image.opens[other].flags & O_PATH))
				first = other;
		}
	return first;
}

/* Add a new open file description to image.opens and the arrays that go with it. */
static struct open *add_open(struct recorder *rec, const struct look *l, uint32_t place)
{
	uint32_t n = rec->image.n_opens, *sorted = realloc(rec->sorted, (n + 1) * sizeof(*sorted));
	struct found *found = realloc(rec->open.found, (n + 1) * sizeof(*found));
	struct open *o;

	if (sorted)
		rec->sorted = sorted;
	if (found)
		rec->open.found = found;
	o = sorted && found ? image_append(&rec->image, IMAGE_OPEN) : NULL;
	if (!o)
		return NULL;
	memmove(sorted + place + 1, sorted + place, (n - place) * sizeof(*sorted));
	sorted[place] = n;
	found[n] = (struct found){
		.task = l->task, .fd = l->fd, .dev = l->st.st_dev, .ino = l->st.st_ino, .mount = l->mount,
	};
	o->flags = l->flags & ~(unsigned int)O_CLOEXEC;
	o->mounts = -1;
	o->path = strdup(l->path);
	return o->path ? o : NULL;
}

/* Return the index of the open file description in image.opens; record it if it is new. */
static int record_open(struct recorder *rec, struct look *l)
{
	uint32_t place, index;
	struct open *o;
	bool there;
	int ret = 0;

	place = place_of(rec, l, &there);
	if (!there && (S_ISFIFO(l->st.st_mode) || look_is_deleted(l)))
		l->same_file = first_of_file(rec, l, place);
	if (!there) {
		o = add_open(rec, l, place);
		if (!o)
			return refuse_look(l, strerror(ENOMEM));
		l->own = get_fd(l->task, l->fd);
		if (l->own < 0)
			return refuse_look(l, strerror(errno));
		record_find_way(rec, l);
		ret = (l->flags & O_PATH ? 0 : check_owner(l)) || record_classify(&rec->open, l, o) ? -1 : 0;
		close(l->own);
	}
	index = rec->sorted[place];
	if (l->fd <= STDERR_FILENO)
		rec->open.found[index].standard |= 1U << l->fd;
	return ret ? -1 : (int)index;
}

static int record_fd(struct recorder *rec, const struct task *task, struct process *p, int fd)
{
	struct fd *larger;
	struct look l;
	int index = -1;

	if (!look_at(&l, task, fd))
		index = fd < FD_LIMIT && p->n_fds < FDS_MAX ? record_open(rec, &l)
							    : refuse_look(&l, "one descriptor too many");
	forget(&l);
	if (index < 0)
		return -1;
	larger = realloc(p->fds, (p->n_fds + 1) * sizeof(*larger));
	if (!larger)
		return refuse_look(&l, strerror(ENOMEM));
	p->fds = larger;
	p->fds[p->n_fds++] = (struct fd){ fd, index, l.flags & O_CLOEXEC };
	return 0;
}

static int record_directory(struct recorder *rec, const struct held *h, const char *which, char **path)
{
	char link[32], object[OBJECT_SIZE];
	struct file_id id;

	snprintf(link, sizeof(link), "/proc/%d/%s", h->remote.tid, which);
	*path = procfs_link(h->remote.tid, which);
	if (*path && !file_id(&id, AT_FDCWD, link, 0) &&
	    record_leads_to(rec, rec->image.tasks[h->index].mounts, *path, &id))
		return 0;
	snprintf(object, sizeof(object), "%s, `%s'", !strcmp(which, "cwd") ? "working directory" : "root directory",
		 *path ? *path : "?");
	return refuse(&h->task, object, "its name is gone, or now names another file");
}

int record_files(struct recorder *rec, struct held *h, struct process *p)
{
	char path[32];
	struct dirent *d;
	DIR *dir;
	int ret = 0;

	if (record_directory(rec, h, "cwd", &p->cwd) || record_directory(rec, h, "root", &p->root))
		return -1;
	snprintf(path, sizeof(path), "/proc/%d/fd", h->remote.tid);
	dir = opendir(path);
	if (!dir)
		return refuse_unread(&h->task, "descriptors");
	while (!ret && (d = readdir(dir)))
		if (*d->d_name != '.')
			ret = record_fd(rec, &h->task, p, atoi(d->d_name));
	closedir(dir);
	return ret;
}

int record_objects(struct recorder *rec)
{
	return record_settle(&rec->open) || record_terminals(rec) ? -1 : 0;
}
