// SPDX-License-Identifier: GPL-2.0
/* State that no image can hold and that the lesson's kernel does not have: for the kernel of the kernel's own tests. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "roundtrip.h"

static void socket_pair(void)
{
	int fds[2];

	MUST(!socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
	record_here();
	MUST(write(fds[0], "s", 1) == 1);
}

static void seccomp_filter(void)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog filter = { .len = 1, .filter = &allow };

	MUST(!prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter));
	record_here();
	SAME(prctl(PR_GET_SECCOMP), SECCOMP_MODE_FILTER);
}

static void network_namespace(void)
{
	MUST(!unshare(CLONE_NEWNET));
	record_here();
}

static void cgroup_namespace(void)
{
	MUST(!unshare(CLONE_NEWCGROUP));
	record_here();
}

static void *waits_in_network_namespace(void *arg)
{
	volatile uint32_t *words = arg;

	MUST(!unshare(CLONE_NEWNET));
	words[0] = 1;
	await_restart();
	return NULL;
}

static void network_of_thread(void)
{
	volatile uint32_t words[1] = { 0 };
	pthread_t thread;

	MUST(!pthread_create(&thread, NULL, waits_in_network_namespace, (void *)words));
	await_word(&words[0], 1);
	record_here();
	MUST(!pthread_join(thread, NULL));
}

static const struct refusal_row absent[] = {
	{ "a socket", socket_pair, "a socket" },
	{ "a seccomp filter", seccomp_filter, "a seccomp filter is in force for it" },
	{ "a network namespace", network_namespace, "another net namespace" },
	{ "a network namespace of one thread", network_of_thread, "another net namespace" },
	{ "a cgroup namespace", cgroup_namespace, "another cgroup namespace" },
};

static const struct group refused_absent_groups[] = { REFUSALS(absent) };
SUITE(refused_absent, .needs = "/proc/net/unix");
