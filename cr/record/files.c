// SPDX-License-Identifier: GPL-2.0
/*
 * Files: what each descriptor refers to, and who shares it.
 *
 * Two descriptors refer to one open file description if kcmp() says so; of what can be compared cheaply first,
 * device and inode, the rest follows.
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
#include "files.h"
#include "cr/hold/refuse.h"
#include "lib/report.h"

int record_refuse_fd(const struct recorder *rec, pid_t tid, int fd, const char *path, const char *why)
{
	char object[160];	/* of a path that is too long to be shown, the beginning, so that the reason is */

	snprintf(object, sizeof(object), "descriptor %d, `%s'", fd, path ? path : "?");
	return refuse(&rec->tree.task[tree_by_pid(&rec->tree, tid)], object, why);
}

int record_refuse(const struct look *l, const char *why)
{
	return record_refuse_fd(l->rec, l->r->tid, l->fd, l->path, why);
}

int record_get_fd(pid_t tid, int fd)
{
	int pidfd = syscall(SYS_pidfd_open, tid, 0), got = -1;

	if (pidfd >= 0) {
		got = syscall(SYS_pidfd_getfd, pidfd, fd, 0);
		close(pidfd);
	}
	return got;
}

static int read_fdinfo(struct look *l)
{
	char name[32], *text;
	const char *pos, *flags, *mount;
	int ret = 0;

	snprintf(name, sizeof(name), "fdinfo/%d", l->fd);
	text = procfs_text(l->r->tid, name);
	pos = text ? procfs_value(text, "pos") : NULL;
	flags = text ? procfs_value(text, "flags") : NULL;
	mount = text ? procfs_value(text, "mnt_id") : NULL;
	if (!pos || !flags || !mount) {
		ret = record_refuse(l, "its state cannot be read");
	} else if (procfs_value(text, "lock")) {
		ret = record_refuse(l, "a lock or a lease is held on it");
	} else {
		l->position = strtoull(pos, NULL, 10);
		l->flags = strtoul(flags, NULL, 8);
		l->mount = atoi(mount);
	}
	free(text);
	return ret;
}

static int look_at(struct look *l, const struct recorder *rec, const struct remote *r, int fd)
{
	char path[64], name[32];

	*l = (struct look){ .rec = rec, .r = r, .fd = fd, .own = -1 };
	snprintf(name, sizeof(name), "fd/%d", fd);
	l->path = procfs_link(r->tid, name);
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", r->tid, fd);
	if (!l->path || stat(path, &l->st))
		return record_refuse(l, strerror(errno));
	return read_fdinfo(l);
}

/* What the kernel sends signals for. */
static int check_owner(const struct look *l)
{
	struct { int type; pid_t pid; } owner = { 0, 0 };

	if (fcntl(l->own, F_GETOWN_EX, &owner) || owner.pid || fcntl(l->own, F_GETSIG) || l->flags & O_ASYNC)
		return record_refuse(l, "its owner gets signals for it (F_SETOWN, F_SETSIG, O_ASYNC)");
	return 0;
}

/* Before (-1), the same (0) or behind (1): by inode, and those of one inode as kcmp() orders them. */
static int compare(const struct look *l, const struct open_key *key)
{
	long order;

	if (l->st.st_dev != key->dev)
		return l->st.st_dev < key->dev ? -1 : 1;
	if (l->st.st_ino != key->ino)
		return l->st.st_ino < key->ino ? -1 : 1;
	order = syscall(SYS_kcmp, l->r->tid, key->tid, KCMP_FILE, l->fd, key->fd);
	return order == 1 ? -1 : order == 0 ? 0 : 1;
}

/* Where the description is in rec->sorted, or would be. */
static uint32_t place_of(const struct recorder *rec, const struct look *l, bool *there)
{
	uint32_t low = 0, high = rec->image.n_opens;

	*there = false;
	while (low < high && !*there) {
		uint32_t middle = (low + high) / 2;
		int order = compare(l, &rec->opens[rec->sorted[middle]]);

		*there = !order;
		if (order <= 0)
			high = middle;
		else
			low = middle + 1;
	}
	return high;
}

/* Of the descriptions of this inode, which stand around that place, the first that was found; -1: there is none. */
static int32_t first_of_inode(const struct recorder *rec, const struct look *l, uint32_t place)
{
	int32_t first = -1;

	for (int step = -1; step <= 1; step += 2)
		for (int64_t i = step < 0 ? (int64_t)place - 1 : place; i >= 0 && i < rec->image.n_opens; i += step) {
			const struct open_key *key = &rec->opens[rec->sorted[i]];

			if (key->dev != l->st.st_dev || key->ino != l->st.st_ino)
				break;
			if (first < 0 || (int32_t)rec->sorted[i] < first)
				first = rec->sorted[i];
		}
	return first;
}

/* The index of the open file description in image.opens. */
static int record_open(struct recorder *rec, struct look *l)
{
	bool there;
	unsigned int standard = l->fd <= STDERR_FILENO ? 1U << l->fd : 0;
	uint32_t n = rec->image.n_opens, place = place_of(rec, l, &there), *sorted;
	struct open_key *larger;
	struct open *o;
	int ret;

	l->same_inode = record_is_deleted(l) ? first_of_inode(rec, l, place) : -1;
	if (there) {
		rec->opens[rec->sorted[place]].standard |= standard;
		return rec->sorted[place];
	}
	larger = realloc(rec->opens, (n + 1) * sizeof(*larger));
	if (larger)
		rec->opens = larger;
	sorted = realloc(rec->sorted, (n + 1) * sizeof(*sorted));
	if (sorted)
		rec->sorted = sorted;
	o = image_append(&rec->image, IMAGE_OPEN);
	if (!larger || !sorted || !o)
		return record_refuse(l, strerror(ENOMEM));
	memmove(sorted + place + 1, sorted + place, (n - place) * sizeof(*sorted));
	sorted[place] = n;
	rec->opens[n] = (struct open_key){
		.tid = l->r->tid, .fd = l->fd, .dev = l->st.st_dev, .ino = l->st.st_ino, .mount = l->mount,
		.standard = standard,
	};
	o->flags = l->flags & ~(unsigned int)O_CLOEXEC;
	o->mounts = -1;
	if (l->same_inode >= 0 && rec->opens[l->same_inode].mount != l->mount)
		return record_refuse(l, "a deleted file that is open by way of two mounts");
	o->path = strdup(l->path);
	l->own = record_get_fd(l->r->tid, l->fd);
	if (l->own < 0)
		return record_refuse(l, strerror(errno));
	ret = (l->flags & O_PATH ? 0 : check_owner(l)) || record_classify(rec, l, o) ? -1 : (int)n;
	close(l->own);
	return ret;
}

static int record_fd(struct recorder *rec, const struct remote *r, struct process *p, int fd)
{
	struct fd *larger;
	struct look l;
	int index = -1;

	if (!look_at(&l, rec, r, fd))
		index = fd < FD_LIMIT && p->n_fds < FDS_MAX ? record_open(rec, &l)
							    : record_refuse(&l, "one descriptor too many");
	free(l.path);
	l.path = NULL;
	if (index < 0)
		return -1;
	larger = realloc(p->fds, (p->n_fds + 1) * sizeof(*larger));
	if (!larger)
		return record_refuse(&l, strerror(ENOMEM));
	p->fds = larger;
	p->fds[p->n_fds++] = (struct fd){ fd, index, l.flags & O_CLOEXEC };
	return 0;
}

static int record_directory(struct recorder *rec, const struct remote *r, const char *which, char **path)
{
	char link[32];
	struct file_id id;
	int task = tree_by_pid(&rec->tree, r->tid);

	snprintf(link, sizeof(link), "/proc/%d/%s", r->tid, which);
	*path = procfs_link(r->tid, which);
	if (*path && !file_id(&id, AT_FDCWD, link, 0) &&
	    record_leads_to(rec, rec->image.tasks[task].mounts, *path, &id))
		return 0;
	report(0, "pid %d (%s) cannot be recorded: its %s, `%s': its name is gone, or is another one's", r->tid,
	       rec->tree.task[task].name, !strcmp(which, "cwd") ? "working directory" : "root directory",
	       *path ? *path : "?");
	return -1;
}

int record_files(struct recorder *rec, struct remote *r, struct process *p)
{
	char path[32];
	struct dirent *d;
	DIR *dir;
	int ret = 0;

	if (record_directory(rec, r, "cwd", &p->cwd) || record_directory(rec, r, "root", &p->root))
		return -1;
	snprintf(path, sizeof(path), "/proc/%d/fd", r->tid);
	dir = opendir(path);
	if (!dir) {
		report(errno, "pid %d: read its files", r->tid);
		return -1;
	}
	while (!ret && (d = readdir(dir)))
		if (*d->d_name != '.')
			ret = record_fd(rec, r, p, atoi(d->d_name));
	closedir(dir);
	return ret;
}

int record_objects(struct recorder *rec)
{
	return record_terminals(rec) || record_pipes(rec) ? -1 : 0;
}
