// SPDX-License-Identifier: GPL-2.0
/* What each thread has of its own; and the threads themselves. */
#include <elf.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <asm/unistd.h>
#include <linux/sched.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "cr/create/call.h"
#include "cr/create/outcome.h"
#include "rebuild.h"
#include "lib/report.h"

#define PTRACE_SET_THREAD_AREA_I386 26
#define FIRST_TLS_ENTRY 6

/* Make the leader create a thread, with the recorded pids that the options ask for. */
static long create_thread(struct builder *b, struct remote *leader, const struct recorded_task *t)
{
	const struct chosen chosen = chosen_levels(b->options->pids, t->pid.levels, false);
	struct create_call call;
	long ret;

	create_call_prepare(&call, b->options->clone3, &t->pid, &chosen,
			    CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM, 0);
	if (call.n) {
		create_call_set_pids(&call, remote_put(leader, call.pids, call.n * sizeof(call.pids[0])));
		create_call_set_args(&call, remote_put(leader, &call.args, call.size));
	}
	leader->born = 0;
	ret = remote_call(leader, call.number, call.arg);
	remote_drop(leader);
	return ret;
}

int rebuild_threads(struct builder *b, int index)
{
	struct remote *leader = &b->remote[index];

	for (uint32_t i = index + 1; i < b->image->n_tasks; i++) {
		const struct recorded_task *t = &b->image->tasks[i];
		long ret;

		if (t->kind != TASK_THREAD || t->parent != index)
			continue;
		ret = create_thread(b, leader, t);
		if (ret == -EBUSY || ret == -EEXIST) {
			/* Deeper down all are the tree's own, and the image has each of their pids once. */
			create_report_taken(&b->plan, t->name, &t->pid, b->plan.own_level);
			return -1;
		}
		if (ret < 0)
			return rebuild_failed(leader, "create a thread", ret);
		if (remote_adopt(&b->remote[i], leader->born))
			return rebuild_failed(leader, "hold its new thread", REMOTE_FAILED);
		b->remote[i].int80 = leader->int80;
		b->remote[i].scratch = leader->scratch;
	}
	return 0;
}

static int rebuild_registers(struct remote *r, const struct thread *t)
{
	struct iovec iov = { t->fpu.data, t->fpu.size };

	for (int i = 0; i < 3; i++)
		if (ptrace(PTRACE_SET_THREAD_AREA_I386, r->tid, FIRST_TLS_ENTRY + i, t->tls[i]))
			return rebuild_failed(r, "set its TLS descriptors", REMOTE_FAILED);
	if (ptrace(PTRACE_SETREGSET, r->tid, t->fpu_kind, &iov))
		return rebuild_failed(r, "set its FPU state", REMOTE_FAILED);
	memcpy(&r->regs, t->regs, sizeof(r->regs));
	return 0;
}

/*
 * Queue signals again.  The task sends them, because a task may send itself any siginfo; it knows its numbers, which may be
 * others than the recorded ones.
 */
static int queue(struct remote *r, bool shared, const struct pending *pending, uint32_t n)
{
	long pid = n ? REMOTE_CALL(r, __NR_getpid) : 0, tid = n ? REMOTE_CALL(r, __NR_gettid) : 0;

	for (uint32_t i = 0; i < n; i++) {
		int32_t sig;
		long ret;

		memcpy(&sig, pending[i].info, sizeof(sig));
		if (shared)
			ret = REMOTE_CALL_WITH(r, __NR_rt_sigqueueinfo, 2, pending[i].info, 128, pid, sig);
		else
			ret = REMOTE_CALL_WITH(r, __NR_rt_tgsigqueueinfo, 3, pending[i].info, 128, pid, tid, sig);
		if (ret)
			return rebuild_failed(r, "queue a pending signal", ret);
	}
	return 0;
}

static int rebuild_signals(struct builder *b, int index, const struct thread *t)
{
	const struct recorded_task *task = &b->image->tasks[index];
	bool leads = task->kind == TASK_PROCESS;
	const struct process *p = &b->image->processes[task->process];
	struct remote *r = &b->remote[index];
	struct { uint32_t sp, flags, size; } stack = { t->altstack_sp, t->altstack_flags & ~1U, t->altstack_size };
	long ret;

	if ((leads && queue(r, true, p->pending, p->n_pending)) || queue(r, false, t->pending, t->n_pending))
		return -1;
	/* SS_ONSTACK (1) is what the kernel finds by the stack pointer. */
	ret = REMOTE_CALL_WITH(r, __NR_sigaltstack, 0, &stack, sizeof(stack), 0);
	if (ret)
		return rebuild_failed(r, "set its alternate signal stack", ret);
	r->mask = t->blocked;
	return 0;
}

static int rebuild_kernel_lists(struct remote *r, const struct thread *t)
{
	long ret = REMOTE_CALL(r, __NR_set_tid_address, t->clear_child_tid);

	if (ret < 0)
		return rebuild_failed(r, "set clear_child_tid", ret);
	ret = t->robust_list ? REMOTE_CALL(r, __NR_set_robust_list, t->robust_list, t->robust_list_size) : 0;
	if (ret)
		return rebuild_failed(r, "set its robust list", ret);
	ret = t->rseq ? REMOTE_CALL(r, __NR_rseq, t->rseq, t->rseq_size, 0, t->rseq_signature) : 0;
	return ret ? rebuild_failed(r, "register rseq", ret) : 0;
}

static int rebuild_name(struct remote *r, const char *name)
{
	long ret = REMOTE_CALL_WITH(r, __NR_prctl, 1, name, NAME_SIZE, PR_SET_NAME);

	return ret ? rebuild_failed(r, "set its name", ret) : 0;
}

int rebuild_thread(struct builder *b, int index)
{
	const struct recorded_task *task = &b->image->tasks[index];
	const struct thread *t = &b->image->threads[task->thread];
	struct remote *r = &b->remote[index];
	char name[NAME_SIZE] = "";
	long ret = 0;

	memcpy(name, task->name, sizeof(name));
	if (rebuild_kernel_lists(r, t) || rebuild_scheduling(r, t) || rebuild_name(r, name) ||
	    rebuild_thread_settings(r, t) || rebuild_signals(b, index, t) || rebuild_credentials(r, t))
		return -1;
	if (t->no_new_privs)
		ret = REMOTE_CALL(r, __NR_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	/* A change of credentials has reset it. */
	if (!ret && t->parent_death_signal)
		ret = REMOTE_CALL(r, __NR_prctl, PR_SET_PDEATHSIG, t->parent_death_signal);
	/* It returns what it was. */
	if (!ret)
		ret = REMOTE_CALL(r, __NR_personality, t->personality);
	if (remote_is_error(ret))
		return rebuild_failed(r, "set its privileges", ret);
	return rebuild_registers(r, t);
}
