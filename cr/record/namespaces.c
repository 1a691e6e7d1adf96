// SPDX-License-Identifier: GPL-2.0
/*
 * Namespaces.  Those of pids are the tree's shape, of host names and mounts (mounts.c) an image has a little; all
 * others must be the caller's.  A namespace is inherited at birth or made then: that a task has joined one by setns() is refused.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <asm/unistd.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "lib/procfs.h"
#include "record.h"
#include "cr/hold/refuse.h"

/* The inode of /proc/PID/ns/NAME; 0: there is none, because the kernel has no such namespaces. */
static ino_t ns_inode(pid_t pid, const char *name)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, name);
	return stat(path, &st) ? 0 : st.st_ino;
}

/* Of which an image holds nothing. */
static int check_callers(const struct task *t, const struct task *own)
{
	static const char *const names[] = { "net", "cgroup", "time", "time_for_children" };
	char why[64];

	if (t->ns[NS_USER] != own->ns[NS_USER])
		return refuse(t, NULL, "it is in another user namespace");
	if (t->ns[NS_IPC] != own->ns[NS_IPC])
		return refuse(t, NULL, "it is in another IPC namespace");
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		/* time_for_children is the last: it differs if time does, or after unshare(). */
		if (ns_inode(t->pid[0], names[i]) == ns_inode(own->pid[0], names[i]))
			continue;
		snprintf(why, sizeof(why), "it, or its children, are in another %s namespace", i >= 2 ? "time" : names[i]);
		return refuse(t, NULL, why);
	}
	return 0;
}

/* The threads of a process share those that can be recorded: what only one has is not looked for elsewhere. */
static int check_thread(const struct recorder *rec, int index)
{
	const struct task *t = &rec->tree.task[index], *leader = &rec->tree.task[t->parent];

	for (int kind = 0; kind < NS_KINDS; kind++)
		if (t->ns[kind] != leader->ns[kind])
			return refuse(t, NULL, "it is in another namespace than its thread group");
	if (ns_inode(t->pid[0], "pid_for_children") != ns_inode(leader->pid[0], "pid_for_children"))
		return refuse(t, NULL, "its children are born into another pid namespace than those of its thread group");
	return 0;
}

/*
 * Where its children are born: after unshare(), in the namespace whose init is its child.  And where it was born
 * itself: in its parent's, or in a new one.
 */
static int record_pid_ns(struct recorder *rec, int index)
{
	const struct task *t = &rec->tree.task[index];
	struct recorded_task *out = &rec->image.tasks[index];
	ino_t children = ns_inode(t->pid[0], "pid_for_children");

	if (t->parent >= 0 && !out->new_pid_ns && t->ns[NS_PID] != rec->tree.task[t->parent].ns[NS_PID])
		return refuse(t, NULL, "it was born into a pid namespace that is not its parent's");
	if (out->new_pid_ns && t->parent >= 0 && t->levels != rec->tree.task[t->parent].levels + 1)
		return refuse(t, NULL, "its pid namespace is not directly below its parent's");
	if (children == t->ns[NS_PID])
		return 0;
	for (int i = index + 1; i < rec->tree.n; i++) {
		const struct task *child = &rec->tree.task[i];

		if (child->parent != index || child->state == 'Z' || child->ns[NS_PID] != children ||
		    child->pid[child->levels - 1] != 1)
			continue;
		out->children_ns = i;
		return 0;
	}
	return refuse(t, NULL, "its children would be born into a pid namespace whose init is not a child of it");
}

int record_inherited(const struct recorder *rec, int index, enum ns_kind kind, const struct task *own, int *first)
{
	const struct task *t = &rec->tree.task[index];

	*first = -1;
	if (t->parent >= 0 && rec->tree.task[t->parent].ns[kind] == t->ns[kind]) {
		*first = t->parent;
		return 0;
	}
	for (int i = 0; i < index; i++)
		if (rec->tree.task[i].ns[kind] == t->ns[kind])
			return refuse(t, NULL, "it has joined a namespace that is not its parent's");
	if (t->parent >= 0 && t->ns[kind] == own->ns[kind])
		return refuse(t, NULL, "it has joined a namespace that is not its parent's");
	return 0;
}

static int record_uts(struct recorder *rec, int index, const struct task *own)
{
	const struct task *t = &rec->tree.task[index];
	struct recorded_task *out = &rec->image.tasks[index];
	struct remote *r = &rec->remote[index];
	struct utsname name;
	struct uts *u;
	int first;

	if (record_inherited(rec, index, NS_UTS, own, &first))
		return -1;
	if (t->ns[NS_UTS] == own->ns[NS_UTS])
		return 0;
	if (first >= 0) {
		out->uts = rec->image.tasks[first].uts;
		return 0;
	}
	u = image_append(&rec->image, IMAGE_UTS);
	if (!u || REMOTE_CALL(r, __NR_uname, r->scratch) || remote_read(r, r->scratch, &name, sizeof(name)))
		return refuse(t, NULL, "its UTS namespace cannot be read");
	memcpy(u->nodename, name.nodename, sizeof(u->nodename));
	memcpy(u->domainname, name.domainname, sizeof(u->domainname));
	out->uts = rec->image.n_utss - 1;
	return 0;
}

int record_namespaces(struct recorder *rec, int index, const struct task *own)
{
	struct recorded_task *out = &rec->image.tasks[index];

	if (out->kind == TASK_THREAD) {
		out->uts = rec->image.tasks[out->parent].uts;
		return check_callers(&rec->tree.task[index], own) || check_thread(rec, index) ? -1 : 0;
	}
	if (check_callers(&rec->tree.task[index], own) || record_pid_ns(rec, index))
		return -1;
	return record_uts(rec, index, own);
}
