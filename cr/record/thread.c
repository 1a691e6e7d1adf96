// SPDX-License-Identifier: GPL-2.0
/* What each thread has of its own: registers, signals, credentials, what the kernel keeps for its C library. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <asm/unistd.h>
#include <elf.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "lib/procfs.h"
#include "record.h"
#include "lib/report.h"

#define PTRACE_GET_THREAD_AREA_I386 25
#define FIRST_TLS_ENTRY 6		/* GDT_ENTRY_TLS_MIN, arch/x86/include/asm/segment.h */
#define FPU_SIZE_MAX 8192
#define PENDING_BATCH 32

static int fail(const struct remote *r, const char *what)
{
	report(errno, "pid %d: read its %s", r->tid, what);
	return -1;
}

/*
 * A system call that sleeps for a time, and that was interrupted, would go on by restart_syscall(), with what the
 * kernel has kept for it; that is lost.  It starts again instead, from the time that its arguments give: never too
 * short, and exact where the kernel has stored there what was left (nanosleep() does).
 */
static void restart_by_arguments(struct user_regs_struct *regs)
{
	if (regs->orig_eax >= 0 && regs->eax == -ERESTART_RESTARTBLOCK)
		regs->eax = -ERESTARTNOHAND;
}

static int record_registers(struct remote *r, struct thread *t)
{
	static const unsigned int kinds[] = { NT_X86_XSTATE, NT_PRXFPREG };
	struct user_regs_struct regs = r->regs;
	unsigned char fpu[FPU_SIZE_MAX];

	restart_by_arguments(&regs);
	_Static_assert(sizeof(regs) == sizeof(t->regs), "user_regs_struct has 17 registers");
	memcpy(t->regs, &regs, sizeof(regs));

	for (int i = 0; i < 3; i++) {
		if (ptrace(PTRACE_GET_THREAD_AREA_I386, r->tid, FIRST_TLS_ENTRY + i, t->tls[i]))
			return fail(r, "TLS descriptors");
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct iovec iov = { fpu, sizeof(fpu) };

		if (ptrace(PTRACE_GETREGSET, r->tid, kinds[i], &iov))
			continue;
		t->fpu_kind = kinds[i];
		if (blob_alloc(&t->fpu, iov.iov_len))
			return fail(r, "FPU state");
		memcpy(t->fpu.data, fpu, iov.iov_len);
		return 0;
	}
	return fail(r, "FPU state");
}

/* Up to PENDING_BATCH of them, from the n-th on; how many, or -1. */
static long peek(const struct remote *r, bool shared, uint32_t n, siginfo_t *info)
{
	struct __ptrace_peeksiginfo_args args = {
		.off = n, .flags = shared ? PTRACE_PEEKSIGINFO_SHARED : 0, .nr = PENDING_BATCH,
	};
	long got = ptrace(PTRACE_PEEKSIGINFO, r->tid, &args, info);

	return got < 0 ? fail(r, "pending signals") : got;
}

int count_pending(const struct remote *r, bool shared, uint32_t *n)
{
	siginfo_t info[PENDING_BATCH];
	long got;

	*n = 0;
	while ((got = peek(r, shared, *n, info)) > 0)
		*n += got;
	return got;
}

int record_pending(const struct remote *r, bool shared, uint32_t bound, struct pending **list, uint32_t *n)
{
	siginfo_t info[PENDING_BATCH];

	while (*n < bound) {
		long got = peek(r, shared, *n, info);
		struct pending *larger;

		if (got <= 0)
			return got;
		larger = realloc(*list, (*n + got) * sizeof(*larger));
		if (!larger)
			return fail(r, "pending signals");
		*list = larger;
		for (long i = 0; i < got && *n < bound; i++)
			memcpy(larger[(*n)++].info, &info[i], sizeof(info[i]));
	}
	return 0;
}

/* What only the task itself can ask for. */
static int record_by_calls(struct remote *r, struct thread *t)
{
	struct { uint32_t sp; int32_t flags; uint32_t size; } stack;
	uint32_t value[2] = { 0 };
	long securebits;

	if (REMOTE_CALL(r, __NR_sigaltstack, 0, r->scratch) || remote_read(r, r->scratch, &stack, sizeof(stack)))
		return fail(r, "alternate signal stack");
	t->altstack_sp = stack.sp;
	t->altstack_size = stack.size;
	t->altstack_flags = stack.flags;
	if (REMOTE_CALL(r, __NR_prctl, PR_GET_TID_ADDRESS, r->scratch) || remote_read(r, r->scratch, value, 4))
		return fail(r, "clear_child_tid");
	t->clear_child_tid = value[0];
	if (REMOTE_CALL(r, __NR_prctl, PR_GET_PDEATHSIG, r->scratch) || remote_read(r, r->scratch, value, 4))
		return fail(r, "parent death signal");
	t->parent_death_signal = value[0];
	securebits = REMOTE_CALL(r, __NR_prctl, PR_GET_SECUREBITS);
	if (securebits < 0)
		return fail(r, "securebits");
	t->securebits = securebits;
	return 0;
}

static int record_kernel_lists(const struct remote *r, struct thread *t)
{
	struct __ptrace_rseq_configuration rseq = { 0 };
	unsigned long head = 0, size = 0;

	if (syscall(SYS_get_robust_list, r->tid, &head, &size))
		return fail(r, "robust list");
	t->robust_list = head;
	t->robust_list_size = size;
	if (ptrace(PTRACE_GET_RSEQ_CONFIGURATION, r->tid, sizeof(rseq), &rseq) < 0)
		return fail(r, "rseq");
	t->rseq = rseq.rseq_abi_pointer;
	t->rseq_size = rseq.rseq_abi_size;
	t->rseq_signature = rseq.signature;
	return 0;
}

static int record_personality(const struct remote *r, struct thread *t)
{
	char *text = procfs_text(r->tid, "personality");

	if (!text)
		return fail(r, "personality");
	t->personality = strtoul(text, NULL, 16);
	free(text);
	return 0;
}

static bool numbers(const char *text, const char *key, uint32_t *out, int n)
{
	const char *value = procfs_value(text, key);
	char *end;

	for (int i = 0; value && i < n; i++, value = end)
		out[i] = strtoul(value, &end, 10);
	return value;
}

static bool capabilities(const char *text, const char *key, uint64_t *out)
{
	const char *value = procfs_value(text, key);

	if (value)
		*out = strtoull(value, NULL, 16);
	return value;
}

static bool record_groups(const char *text, struct thread *t)
{
	const char *groups = procfs_value(text, "Groups");
	char *end;

	while (groups && *groups && *groups != '\n') {
		uint32_t gid = strtoul(groups, &end, 10), *larger;

		if (end == groups)
			return true;
		larger = t->n_groups < GROUPS_MAX ? realloc(t->groups, (t->n_groups + 1) * sizeof(*larger)) : NULL;
		if (!larger)
			return false;
		t->groups = larger;
		t->groups[t->n_groups++] = gid;
		groups = end + strspn(end, " ");
	}
	return groups;
}

static int record_credentials(const struct remote *r, const char *text, struct thread *t)
{
	const char *no_new_privs = procfs_value(text, "NoNewPrivs"), *seccomp = procfs_value(text, "Seccomp");
	bool ok = no_new_privs && record_groups(text, t) &&
		  numbers(text, "Uid", t->uid, 4) && numbers(text, "Gid", t->gid, 4) &&
		  capabilities(text, "CapInh", &t->inheritable) && capabilities(text, "CapPrm", &t->permitted) &&
		  capabilities(text, "CapEff", &t->effective) && capabilities(text, "CapBnd", &t->bounding) &&
		  capabilities(text, "CapAmb", &t->ambient);

	if (ok && seccomp && *seccomp != '0') {
		report(0, "pid %d: a seccomp filter is in force for it", r->tid);
		return -1;
	}
	t->no_new_privs = ok && *no_new_privs == '1';
	return ok ? 0 : fail(r, "credentials");
}

int record_thread(struct recorder *rec, int index, struct thread *t)
{
	struct remote *r = &rec->remote[index];

	/* That of a process's first thread is there already. */
	if (!rec->status)
		rec->status = procfs_text(r->tid, "status");
	if (!rec->status)
		return fail(r, "status");
	t->blocked = r->mask;
	if (record_registers(r, t) || record_pending(r, false, rec->n_pending[index], &t->pending, &t->n_pending) ||
	    record_by_calls(r, t) || record_kernel_lists(r, t) || record_personality(r, t) ||
	    record_credentials(r, rec->status, t) || record_thread_settings(rec, index, rec->status, t))
		return -1;
	return 0;
}
