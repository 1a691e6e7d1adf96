// SPDX-License-Identifier: GPL-2.0
/*
 * Namespaces.  Pid namespaces are part of the tree's shape.  Of UTS and mount namespaces (mounts.c) an image records a
 * little.  All others must be the caller's.  A task must have inherited or created its namespaces at birth; one that
 * has joined a namespace with setns() is refused.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <asm/unistd.h>
#include <sys/utsname.h>

#include "record.h"
#include "cr/hold/refuse.h"

/* Check the namespaces that an image does not record: they must be the caller's. */
static int check_callers(const struct recorder *rec, const struct held *h)
{
	static const struct { enum ns_kind kind; const char *why; } callers[] = {
		{ NS_USER, "it is in another user namespace" },
		{ NS_IPC, "it is in another IPC namespace" },
		{ NS_NET, "it is in another net namespace" },
		{ NS_CGROUP, "it is in another cgroup namespace" },
		{ NS_TIME, "it, or its children, are in another time namespace" },
		{ NS_TIME_FOR_CHILDREN, "it, or its children, are in another time namespace" },
	};

	for (size_t i = 0; i < sizeof(callers) / sizeof(*callers); i++)
		if (h->task.ns[callers[i].kind] != rec->own.ns[callers[i].kind])
			return refuse(&h->task, NULL, callers[i].why);
	return 0;
}

/* A thread must share the namespaces that can be recorded with its leader: they are recorded only for that one. */
static int check_thread(const struct recorder *rec, const struct held *h)
{
	const struct held *leader = held_parent(&rec->tree, h);

	for (int kind = 0; kind < NS_PID_FOR_CHILDREN; kind++)
		if (h->task.ns[kind] != leader->task.ns[kind])
			return refuse(&h->task, NULL, "it is in another namespace than its thread group");
	if (h->task.ns[NS_PID_FOR_CHILDREN] != leader->task.ns[NS_PID_FOR_CHILDREN])
		return refuse(&h->task, NULL, "its children are born into another pid namespace than those of its thread group");
	return 0;
}

/*
 * Record in which pid namespace its children are born: after unshare(), in that whose init is its child.  And check
 * where it was born itself: in its parent's, or in a new one.
 */
static int record_pid_ns(struct recorder *rec, const struct held *h)
{
	const struct task *t = &h->task;
	const struct held *parent = held_parent(&rec->tree, h);
	struct recorded_task *out = &rec->image.tasks[h->index];
	ino_t ns = h->task.ns[NS_PID], children = h->task.ns[NS_PID_FOR_CHILDREN];

	if (parent && !out->new_pid_ns && ns != parent->task.ns[NS_PID])
		return refuse(t, NULL, "it was born into a pid namespace that is not its parent's");
	if (parent && out->new_pid_ns && t->levels != parent->task.levels + 1)
		return refuse(t, NULL, "its pid namespace is not directly below its parent's");
	if (children == ns)
		return 0;
	for (int i = h->index + 1; i < rec->tree.n; i++) {
		const struct held *child = &rec->tree.held[i];

		if (child->task.parent != h->index || held_is_zombie(child) || child->task.ns[NS_PID] != children ||
		    child->task.pid[child->task.levels - 1] != 1)
			continue;
		out->children_ns = i;
		return 0;
	}
	return refuse(t, NULL, "its children would be born into a pid namespace whose init is not a child of it");
}

int record_inherited(const struct recorder *rec, const struct held *h, enum ns_kind kind, int *first)
{
	const struct held *parent = held_parent(&rec->tree, h);
	ino_t ns = h->task.ns[kind];

	*first = -1;
	if (parent && parent->task.ns[kind] == ns) {
		*first = parent->index;
		return 0;
	}
	for (int i = 0; i < h->index; i++)
		if (rec->tree.held[i].task.ns[kind] == ns)
			return refuse(&h->task, NULL, "it has joined a namespace that is not its parent's");
	if (parent && ns == rec->own.ns[kind])
		return refuse(&h->task, NULL, "it has joined a namespace that is not its parent's");
	return 0;
}

static int record_uts(struct recorder *rec, struct held *h)
{
	struct recorded_task *out = &rec->image.tasks[h->index];
	struct remote *r = &h->remote;
	struct utsname name;
	struct uts *u;
	int first;

	if (record_inherited(rec, h, NS_UTS, &first))
		return -1;
	if (h->task.ns[NS_UTS] == rec->own.ns[NS_UTS])
		return 0;
	if (first >= 0) {
		out->uts = rec->image.tasks[first].uts;
		return 0;
	}
	u = image_append(&rec->image, IMAGE_UTS);
	if (!u || REMOTE_CALL(r, __NR_uname, r->scratch) || remote_read(r, r->scratch, &name, sizeof(name)))
		return refuse(&h->task, NULL, "its UTS namespace cannot be read");
	memcpy(u->nodename, name.nodename, sizeof(u->nodename));
	memcpy(u->domainname, name.domainname, sizeof(u->domainname));
	out->uts = rec->image.n_utss - 1;
	return 0;
}

int record_namespaces(struct recorder *rec, struct held *h)
{
	struct recorded_task *out = &rec->image.tasks[h->index];

	if (check_callers(rec, h))
		return -1;
	if (out->kind == TASK_THREAD) {
		out->uts = rec->image.tasks[out->parent].uts;
		return check_thread(rec, h);
	}
	return record_pid_ns(rec, h) || record_uts(rec, h) ? -1 : 0;
}
