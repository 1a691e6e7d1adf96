// SPDX-License-Identifier: GPL-2.0
/*
 * Credentials.  Steps need capabilities that later steps take away, and some reset what others set.  So the order in
 * rebuild_credentials() matters.
 */
#include <errno.h>
#include <asm/unistd.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "rebuild.h"
#include "lib/report.h"

#define LAST_CAPABILITY CAP_CHECKPOINT_RESTORE

/* The permitted capabilities of the restarting program, and so of its copies. */
static uint64_t all_permitted(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data))
		return 0;
	return data[0].permitted | (uint64_t)data[1].permitted << 32;
}

static long set_capabilities(struct remote *r, uint64_t effective, uint64_t permitted, uint64_t inheritable)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2] = {
		{ effective, permitted, inheritable },
		{ effective >> 32, permitted >> 32, inheritable >> 32 },
	};
	unsigned long h = remote_put(r, &header, sizeof(header)), d = remote_put(r, data, sizeof(data));
	long ret = h && d ? REMOTE_CALL(r, __NR_capset, h, d) : REMOTE_FAILED;

	remote_drop(r);
	return ret;
}

/* Set the inheritable set before the bounding set, which limits what can be inheritable from then on. */
static long limit_capabilities(struct remote *r, const struct thread *t, uint64_t all)
{
	long ret = set_capabilities(r, all, all, t->inheritable);

	for (int cap = 0; cap <= LAST_CAPABILITY && !ret; cap++)
		if (!(t->bounding >> cap & 1))
			ret = REMOTE_CALL(r, __NR_prctl, PR_CAPBSET_DROP, cap);
	return ret;
}

/* Set a file system id.  The call returns the old id, whether or not it succeeds. */
static long set_fs_id(struct remote *r, long number, uint32_t id)
{
	return REMOTE_CALL(r, number, id) == REMOTE_FAILED ? REMOTE_FAILED : 0;
}

/* Set groups before users, while we still may.  Set each file system id after the effective id, which it follows. */
static long set_ids(struct remote *r, const struct thread *t)
{
	size_t size = t->n_groups * sizeof(*t->groups);
	long ret = size ? REMOTE_CALL_WITH(r, __NR_setgroups32, 1, t->groups, size, t->n_groups)
			: REMOTE_CALL(r, __NR_setgroups32, 0, 0);

	if (!ret)
		ret = REMOTE_CALL(r, __NR_setresgid32, t->gid[0], t->gid[1], t->gid[2]);
	if (!ret)
		ret = set_fs_id(r, __NR_setfsgid32, t->gid[3]);
	if (!ret)
		ret = REMOTE_CALL(r, __NR_prctl, PR_SET_KEEPCAPS, 1);
	if (!ret)
		ret = REMOTE_CALL(r, __NR_setresuid32, t->uid[0], t->uid[1], t->uid[2]);
	if (!ret)
		ret = set_fs_id(r, __NR_setfsuid32, t->uid[3]);
	return ret;
}

/* Fill the effective and the ambient set, which the change of ids has cleared.  Some securebits forbid ambient ones. */
static long set_sets(struct remote *r, const struct thread *t, uint64_t all)
{
	long ret = set_capabilities(r, all, all, t->inheritable);

	for (int cap = 0; cap <= LAST_CAPABILITY && !ret; cap++)
		ret = t->ambient >> cap & 1 ? REMOTE_CALL(r, __NR_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0) : 0;
	if (!ret)
		ret = REMOTE_CALL(r, __NR_prctl, PR_SET_SECUREBITS, t->securebits);
	return ret ? ret : set_capabilities(r, t->effective, t->permitted, t->inheritable);
}

int rebuild_credentials(struct remote *r, const struct thread *t)
{
	uint64_t all = all_permitted();
	long ret = limit_capabilities(r, t, all);

	if (!ret)
		ret = set_ids(r, t);
	if (!ret)
		ret = set_sets(r, t, all);
	return ret ? rebuild_failed(r, "set its credentials", ret) : 0;
}
