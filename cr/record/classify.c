// SPDX-License-Identifier: GPL-2.0
/* What an open file description is of: files by their names, deleted ones with their contents, devices, an eventfd. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/magic.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "lib/procfs.h"
#include "files.h"

bool record_is_deleted(const struct look *l)
{
	return S_ISREG(l->st.st_mode) && !l->st.st_nlink;
}

const char *record_find_way(const struct look *l, int32_t *mounts)
{
	const struct file_id id = {
		.major = major(l->st.st_dev), .minor = minor(l->st.st_dev), .ino = l->st.st_ino, .mount = l->mount,
		.mode = l->st.st_mode,
	};
	char link[64];

	snprintf(link, sizeof(link), "/proc/%d/fd/%d", l->r->tid, l->fd);
	return record_way_to(l->rec, l->r->tid, link, l->path, &id, mounts);
}

int record_check_path(const struct look *l, int32_t *mounts)
{
	const char *why;
	char link[64];
	struct statfs fs;

	snprintf(link, sizeof(link), "/proc/%d/fd/%d", l->r->tid, l->fd);
	if (*l->path != '/')
		return record_refuse(l, "not a file with a name, nor one that had one");
	if (statfs(link, &fs))
		return record_refuse(l, strerror(errno));
	if (fs.f_type == PROC_SUPER_MAGIC)
		return record_refuse(l, "a file of /proc");
	if (S_ISCHR(l->st.st_mode) && !(l->flags & O_PATH) && fs.f_flags & BOUND_NODEV)
		return record_refuse(l, "a device on a mount that allows to open none any more");
	why = record_find_way(l, mounts);
	return why ? record_refuse(l, why) : 0;
}

/* It will be made anew in /tmp, where it must not be allowed more than it is. */
static int check_deleted(const struct look *l, struct open *o)
{
	const char *why;
	char link[64];

	snprintf(link, sizeof(link), "/proc/%d/fd/%d", l->r->tid, l->fd);
	why = record_way_of_deleted(l->rec, l->r->tid, link, "/tmp", l->mount, &o->mounts);
	if (why)
		return record_refuse(l, why);
	return l->same_inode < 0 ? record_deleted(l, &o->regular.file) : 0;
}

static int classify_regular(const struct look *l, struct open *o)
{
	o->kind = OPEN_REGULAR;
	o->regular = (struct open_regular){
		.position = l->position, .size = l->st.st_size, .deleted = record_is_deleted(l), .same_inode = l->same_inode,
	};
	if (!strncmp(l->path, "/memfd:", 7))
		return record_refuse(l, "a memfd");
	return o->regular.deleted ? check_deleted(l, o) : record_check_path(l, &o->mounts);
}

static int record_eventfd(const struct look *l, struct open *o)
{
	char name[32], *text;
	const char *count, *semaphore;

	snprintf(name, sizeof(name), "fdinfo/%d", l->fd);
	text = procfs_text(l->r->tid, name);
	count = text ? procfs_value(text, "eventfd-count") : NULL;
	semaphore = text ? procfs_value(text, "eventfd-semaphore") : NULL;
	o->kind = OPEN_EVENTFD;
	o->eventfd.counter = count ? strtoull(count, NULL, 16) : 0;
	o->eventfd.semaphore = semaphore && *semaphore == '1';
	free(text);
	return count && semaphore ? 0 : record_refuse(l, "its count cannot be read");
}

/* Memory, and terminals: all that a small system has of devices whose state is in no other place. */
static int classify_device(struct recorder *rec, const struct look *l, struct open *o)
{
	unsigned int type = major(l->st.st_rdev), which = minor(l->st.st_rdev);

	/* Documentation/admin-guide/devices.txt: null, zero, full, random, urandom */
	if (type == 1 && (which == 3 || which == 5 || which == 7 || which == 8 || which == 9)) {
		o->kind = OPEN_DEVICE;
		o->device.rdev = l->st.st_rdev;
		return record_check_path(l, &o->mounts);
	}
	if (type == 4 || type == 5 || type == 136)
		return record_terminal(rec, l, o);
	return record_refuse(l, "a device that an image cannot hold");
}

int record_classify(struct recorder *rec, const struct look *l, struct open *o)
{
	if (l->flags & O_PATH) {
		o->kind = OPEN_PLACE;
		return record_check_path(l, &o->mounts);
	}
	switch (l->st.st_mode & S_IFMT) {
	case S_IFREG:
		return classify_regular(l, o);
	case S_IFDIR:
		o->kind = OPEN_DIRECTORY;
		o->directory.position = l->position;
		return record_check_path(l, &o->mounts);
	case S_IFCHR:
		return classify_device(rec, l, o);
	case S_IFIFO:
		return record_pipe(rec, l, o);
	case S_IFSOCK:
		return record_refuse(l, "a socket");
	case S_IFBLK:
		return record_refuse(l, "a device that an image cannot hold");
	}
	if (!strcmp(l->path, "anon_inode:[eventfd]"))
		return record_eventfd(l, o);
	return record_refuse(l, "a kind of file that an image cannot hold");
}
