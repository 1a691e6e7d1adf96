// SPDX-License-Identifier: GPL-2.0
/*
 * Who may choose pids: only a caller with CAP_SYS_ADMIN in the initial user namespace, whatever capabilities others
 * have elsewhere.  clone3(set_tid), in contrast, requires only CAP_CHECKPOINT_RESTORE in the user namespace that owns
 * the pid namespace.  With nr_pids 0 anybody may make the call.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <linux/capability.h>
#include <linux/sched.h>

#include "nest.h"

#define P   21001
#define CAP(name) (1ULL << CAP_##name)
#define ALL ((1ULL << (CAP_LAST_CAP + 1)) - 1)

/* clone3() with one chosen pid, for the contrast. */
static long try_clone3(pid_t pid)
{
	pid_t child = clone3_with_pids(0, &pid, 1);

	if (!child)
		_exit(0);
	if (child < 0)
		return -errno;
	wait_ok(child, "clone3()'s child");
	return child;
}

/* What a caller may: 0 or the errno of each. */
struct rights {
	int chosen;	/* clone_with_pids() with a pid */
	int none;	/* with nr_pids 0 */
	int clone3;	/* clone3() with a pid */
};

static void check(const struct rights *r)
{
	expect_errno(try_pids(0, LIST(P)), r->chosen, "a chosen pid");
	expect_errno(try_pids(0, LIST(0)), r->chosen, "a list of one 0");
	expect_errno(try_pids(0, NO_LIST), r->none, "nr_pids 0");
	expect_errno(try_pids(0, 0, (const pid_t *)0xc0000000), r->none, "nr_pids 0, pids in the kernel");
	expect_errno(try_clone3(P), r->clone3, "clone3() with a chosen pid");
}

struct capability_row {
	const char *name;
	int level;
	uint64_t keep;
	uid_t uid;
	struct rights rights;
};

static const struct capability_row capability_rows[] = {
	{ "all, level 0", 0, ALL, 0, { 0, 0, 0 } },
	{ "none, uid 0, level 0", 0, 0, 0, { EPERM, 0, EPERM } },
	{ "none, uid 65534, level 0", 0, 0, 65534, { EPERM, 0, EPERM } },
	{ "only CAP_CHECKPOINT_RESTORE, level 0", 0, CAP(CHECKPOINT_RESTORE), 0, { EPERM, 0, 0 } },
	{ "only CAP_SYS_ADMIN, level 0", 0, CAP(SYS_ADMIN), 0, { 0, 0, 0 } },
	{ "all but CAP_SYS_ADMIN, level 0", 0, ALL & ~CAP(SYS_ADMIN), 0, { EPERM, 0, 0 } },
	{ "all but these two, level 0", 0, ALL & ~CAP(SYS_ADMIN) & ~CAP(CHECKPOINT_RESTORE), 0, { EPERM, 0, EPERM } },
	{ "all, level 2", 2, ALL, 0, { 0, 0, 0 } },
	{ "none, uid 0, level 2", 2, 0, 0, { EPERM, 0, EPERM } },
	{ "none, uid 65534, level 2", 2, 0, 65534, { EPERM, 0, EPERM } },
	{ "only CAP_CHECKPOINT_RESTORE, level 2", 2, CAP(CHECKPOINT_RESTORE), 0, { EPERM, 0, 0 } },
	{ "only CAP_SYS_ADMIN, level 2", 2, CAP(SYS_ADMIN), 0, { 0, 0, 0 } },
	{ "all but CAP_SYS_ADMIN, level 2", 2, ALL & ~CAP(SYS_ADMIN), 0, { EPERM, 0, 0 } },
	{ "all but these two, level 2", 2, ALL & ~CAP(SYS_ADMIN) & ~CAP(CHECKPOINT_RESTORE), 0, { EPERM, 0, EPERM } },
};

static void check_capabilities(const void *arg)
{
	const struct capability_row *r = arg;

	if (r->uid && setuid(r->uid) < 0)
		broken("setuid");
	if (!r->uid)
		keep_capabilities(r->keep);
	check(&r->rights);
}

static void run_capabilities(const void *row)
{
	const struct capability_row *r = row;

	at_level(r->level, check_capabilities, r);
}

/* Root of a user namespace has every capability, and none in the initial one. */
static void user_namespace(void)
{
	static const struct rights rights = { EPERM, 0, EPERM };

	if (unshare(CLONE_NEWUSER) < 0)
		broken("unshare(CLONE_NEWUSER)");
	check(&rights);
}

/* It owns the new pid namespace, so that clone3() may choose there; clone_with_pids() asks the initial one. */
static void user_and_pid_namespace(void)
{
	static const struct rights rights = { EPERM, 0, 0 };
	pid_t init = plain_clone(CLONE_NEWUSER | CLONE_NEWPID);

	if (!init) {
		check(&rights);
		expect_errno(try_pids(CLONE_NEWPID, NO_LIST), 0, "nr_pids 0 with CLONE_NEWPID");
		expect_errno(try_pids(CLONE_NEWPID, LIST(P)), EPERM, "a chosen pid with CLONE_NEWPID");
		_exit(0);
	}
	wait_ok(init, "root of a user namespace");
}

/* The privilege asked for is that of the caller before the call, not of the child in its new namespace. */
static void flag_newuser(void)
{
	granted(CLONE_NEWUSER, LIST(P));
	granted(CLONE_NEWUSER | CLONE_NEWPID, LIST(P));
	keep_capabilities(0);
	refused(EPERM, CLONE_NEWUSER, LIST(P));
	refused(EPERM, CLONE_NEWUSER | CLONE_NEWPID, LIST(P));
	granted(CLONE_NEWUSER, NO_LIST);
	granted(CLONE_NEWUSER | CLONE_NEWPID, NO_LIST);
}

/* What clone() itself asks privilege for is refused with nr_pids 0 as well. */
static void flag_newpid(void)
{
	keep_capabilities(0);
	refused(EPERM, CLONE_NEWPID, NO_LIST);
	refused(EPERM, CLONE_NEWUTS, NO_LIST);
}

static void effective_only(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2] = { { .permitted = CAP(SYS_ADMIN) } };

	if (syscall(SYS_capset, &header, data) < 0)
		broken("capset");
	refused(EPERM, 0, LIST(P));
	data[0].effective = CAP(SYS_ADMIN);
	if (syscall(SYS_capset, &header, data) < 0)
		broken("capset");
	granted(0, LIST(P));
}

/* A limit of clone(); whoever may choose pids is exempt from it. */
static void limit_of_processes(void)
{
	static const struct rlimit limit = { 0, 0 };
	long ret;

	if (setrlimit(RLIMIT_NPROC, &limit) < 0 || setuid(65534) < 0)
		broken("become a user with no processes");
	ret = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	if (!ret)
		_exit(0);
	expect_errno(ret < 0 ? -errno : ret, EAGAIN, "clone()");
	expect_errno(try_pids(0, NO_LIST), EAGAIN, "nr_pids 0");
	expect_errno(try_pids(0, LIST(P)), EPERM, "a chosen pid");
}

static const struct function_row functions[] = {
	{ "root of a user namespace", user_namespace },
	{ "root of a user namespace with a pid namespace of its own", user_and_pid_namespace },
	{ "CLONE_NEWUSER in the call", flag_newuser },
	{ "CLONE_NEWPID and CLONE_NEWUTS with nr_pids 0, as from clone()", flag_newpid },
	{ "RLIMIT_NPROC with nr_pids 0, as from clone()", limit_of_processes },
	{ "CAP_SYS_ADMIN that is permitted and not effective", effective_only },
};

static const struct group capabilities_groups[] = {
	ROWS(capability_rows, run_capabilities),
	FUNCTIONS(functions),
};

SUITE(capabilities);
