// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <asm/ldt.h>
#include <linux/sched.h>

#include "nest.h"
#include "parked.h"
#include "point.h"
#include "thread.h"

#define FDS 64

static const struct faulty_call *now;
static struct nspid *seen;		/* by the child, in a page that it shares with the caller */
static int pidfd;
static struct thread thread;

static int tell(void *arg)
{
	own_nspid(arg);
	return 0;
}

/* The caller's own: the thread uses the C library. */
static const struct user_desc *own_tls(void)
{
	static struct user_desc desc;

	desc.entry_number = 6;
	if (syscall(SYS_get_thread_area, &desc) < 0)
		broken("get_thread_area");
	return &desc;
}

/* The call, with the n-th point failing; n 0: none.  All that would add points is done before or after. */
static long call(unsigned int n, enum fault *fault)
{
	struct clone_with_pids_args args = {
		.child_stack_base = (uintptr_t)thread.stack,
		.child_stack_size = sizeof(thread.stack),
		.parent_tid_ptr = (uintptr_t)&pidfd,
		.nr_pids = now->nr,
	};
	unsigned long flags = now->flags;
	const void *tls = flags & CLONE_SETTLS ? own_tls() : NULL;
	const pid_t *pids = now->pids + now->levels - now->nr;
	long ret;

	pidfd = -1;
	seen->levels = 0;
	if (n)
		inject(n);
	if (flags & CLONE_THREAD)
		ret = thread_start(&thread, flags & ~THREAD_FLAGS, tls, now->nr, pids, tell, seen);
	else
		ret = clone_with_pids_on_stack(flags | SIGCHLD, &args, tls, pids, tell, seen);
	*fault = n ? injected() : NO_FAULT;
	return ret;
}

/* There is a child, or there is nothing; a child has all the pids that were chosen.  It is reaped. */
static void look_at_child(unsigned int n, long ret)
{
	bool new_ns = now->flags & CLONE_NEWPID;

	if (ret < 0) {
		expect(pidfd, -1, "call %u, which failed: what CLONE_PIDFD stored", n);
		return;
	}
	if (now->flags & CLONE_THREAD)
		thread_join(&thread);
	else
		wait_ok(ret, "the child");
	if (now->flags & CLONE_PIDFD && close(pidfd) < 0)
		broken("close the pidfd");
	expect(seen->levels, now->levels + new_ns, "call %u: the child's levels", n);
	for (int level = 0; level < now->levels; level++) {
		if (now->pids[level])
			expect(seen->pid[level], now->pids[level], "call %u: the child's pid at level %d", n, level);
	}
	if (new_ns)
		expect(seen->pid[now->levels], 1, "call %u: the child's pid in its new namespace", n);
}

/* What the call may return when there was that fault in it. */
static void check_result(unsigned int n, enum fault fault, long ret)
{
	int error = now->error;

	if (fault == NO_FAULT)
		expect_errno(ret, error, "call %u, without a fault", n);
	else if (fault == FAULT_USERCOPY)
		expect_errno(ret, EFAULT, "call %u, %s", n, fault_names[fault]);
	else if (error ? ret != -error : ret < 0)
		expect_errno(ret, ENOMEM, "call %u, %s", n, fault_names[fault]);
}

static uint64_t open_fds(void)
{
	uint64_t set = 0;

	for (int fd = 0; fd < FDS; fd++)
		set |= (uint64_t)(fcntl(fd, F_GETFD) >= 0) << fd;
	return set;
}

enum fault point(unsigned int n, struct tally *tally)
{
	uint64_t fds = open_fds();
	enum fault fault, none;
	long ret = call(n, &fault);

	check_result(n, fault, ret);
	look_at_child(n, ret);
	if (open_fds() != fds)
		fail("call %u: the open descriptors are %#llx, and were %#llx", n, (unsigned long long)open_fds(),
		     (unsigned long long)fds);
	*tally = (struct tally){ ret >= 0, ret < 0, fault != NO_FAULT && ret < 0 && ret != -now->error };
	if (!tally->refused)
		return fault;
	ret = call(0, &none);
	expect_errno(ret, now->error, "asked again after call %u, %s", n, fault_names[fault]);
	look_at_child(n, ret);
	tally->made += ret >= 0;
	tally->failed += ret < 0;
	return fault;
}

void points_prepare(const struct faulty_call *c)
{
	now = c;
	seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (seen == MAP_FAILED)
		broken("mmap");
	inject_prepare();
}
