// SPDX-License-Identifier: GPL-2.0
/* Find out of which kind a descriptor is, and in which mount namespace its path leads to it. */
#include <stdio.h>
#include <sys/sysmacros.h>

#include "classify.h"

void record_find_way(const struct recorder *rec, struct look *l)
{
	const struct file_id id = {
		.major = major(l->st.st_dev), .minor = minor(l->st.st_dev), .ino = l->st.st_ino, .mount = l->mount,
		.mode = l->st.st_mode,
	};
	char link[64];

	snprintf(link, sizeof(link), "/proc/%d/fd/%d", l->task->pid[0], l->fd);
	/* A deleted file will be made anew in /tmp, where it must not be allowed more than it is. */
	if (look_is_deleted(l))
		l->lost = record_way_of_deleted(rec, l->task->pid[0], link, "/tmp", l->mount, &l->mounts);
	else if (*l->path == '/')
		l->lost = record_way_to(rec, l->task->pid[0], link, l->path, &id, &l->mounts);
}

int record_classify(struct recording *r, const struct look *l, struct open *o)
{
	for (const struct kind_record *const *kind = record_kinds; *kind; kind++)
		if ((*kind)->is && (*kind)->is(l))
			return (*kind)->record(r, l, o);
	if (S_ISSOCK(l->st.st_mode))
		return refuse_look(l, "a socket");
	return refuse_look(l, S_ISCHR(l->st.st_mode) || S_ISBLK(l->st.st_mode) ? "a device that an image cannot hold" :
			      "a kind of file that an image cannot hold");
}

int record_settle(struct recording *r)
{
	for (const struct kind_record *const *kind = record_kinds; *kind; kind++)
		if ((*kind)->settle && (*kind)->settle(r))
			return -1;
	return 0;
}
