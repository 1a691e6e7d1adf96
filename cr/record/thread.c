// SPDX-License-Identifier: GPL-2.0
/* Record what each thread has of its own: registers, signals, credentials, what the kernel keeps for the C library. */
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
#include "cr/hold/refuse.h"

#define PTRACE_GET_THREAD_AREA_I386 25
#define FIRST_TLS_ENTRY 6		/* GDT_ENTRY_TLS_MIN, arch/x86/include/asm/segment.h */
#define FPU_SIZE_MAX 8192
#define PENDING_BATCH 32

/*
 * A timed sleep that was interrupted would continue with restart_syscall() and the kernel's own data, which are lost.
 * Instead, restart it with its arguments.  So it never sleeps too short, and it is exact where the kernel has stored
 * the remaining time in the arguments (as for nanosleep()).
 */
static void restart_by_arguments(struct user_regs_struct *regs)
{
	if (regs->orig_eax >= 0 && regs->eax == -ERESTART_RESTARTBLOCK)
		regs->eax = -ERESTARTNOHAND;
}

static int record_registers(const struct held *h, struct thread *t)
{
	const struct remote *r = &h->remote;
	static const unsigned int kinds[] = { NT_X86_XSTATE, NT_PRXFPREG };
	struct user_regs_struct regs = r->regs;
	unsigned char fpu[FPU_SIZE_MAX];

	restart_by_arguments(&regs);
	_Static_assert(sizeof(regs) == sizeof(t->regs), "user_regs_struct has 17 registers");
	memcpy(t->regs, &regs, sizeof(regs));

	for (int i = 0; i < 3; i++) {
		if (ptrace(PTRACE_GET_THREAD_AREA_I386, r->tid, FIRST_TLS_ENTRY + i, t->tls[i]))
			return refuse_unread(&h->task, "TLS descriptors");
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct iovec iov = { fpu, sizeof(fpu) };

		if (ptrace(PTRACE_GETREGSET, r->tid, kinds[i], &iov))
			continue;
		t->fpu_kind = kinds[i];
		if (blob_alloc(&t->fpu, iov.iov_len))
			return refuse_unread(&h->task, "FPU state");
		memcpy(t->fpu.data, fpu, iov.iov_len);
		return 0;
	}
	return refuse_unread(&h->task, "FPU state");
}

/* Read up to PENDING_BATCH pending signals, from the n-th on.  Returns how many, or -1. */
static long peek(const struct held *h, bool shared, uint32_t n, siginfo_t *info)
{
	struct __ptrace_peeksiginfo_args args = {
		.off = n, .flags = shared ? PTRACE_PEEKSIGINFO_SHARED : 0, .nr = PENDING_BATCH,
	};
	long got = ptrace(PTRACE_PEEKSIGINFO, h->remote.tid, &args, info);

	return got < 0 ? refuse_unread(&h->task, "pending signals") : got;
}

int count_pending(const struct held *h, bool shared, uint32_t *n)
{
	siginfo_t info[PENDING_BATCH];
	long got;

	*n = 0;
	while ((got = peek(h, shared, *n, info)) > 0)
		*n += got;
	return got;
}

int record_pending(const struct held *h, bool shared, uint32_t bound, struct pending **list, uint32_t *n)
{
	siginfo_t info[PENDING_BATCH];

	while (*n < bound) {
		long got = peek(h, shared, *n, info);
		struct pending *larger;

		if (got <= 0)
			return got;
		larger = realloc(*list, (*n + got) * sizeof(*larger));
		if (!larger)
			return refuse_unread(&h->task, "pending signals");
		*list = larger;
		for (long i = 0; i < got && *n < bound; i++)
			memcpy(larger[(*n)++].info, &info[i], sizeof(info[i]));
	}
	return 0;
}

/* Record by injected calls what only the task itself can ask the kernel for. */
static int record_by_calls(struct held *h, struct thread *t)
{
	struct remote *r = &h->remote;
	struct { uint32_t sp; int32_t flags; uint32_t size; } stack;
	uint32_t value[2] = { 0 };
	long securebits;

	if (REMOTE_CALL(r, __NR_sigaltstack, 0, r->scratch) || remote_read(r, r->scratch, &stack, sizeof(stack)))
		return refuse_unread(&h->task, "alternate signal stack");
	t->altstack_sp = stack.sp;
	t->altstack_size = stack.size;
	t->altstack_flags = stack.flags;
	if (REMOTE_CALL(r, __NR_prctl, PR_GET_TID_ADDRESS, r->scratch) || remote_read(r, r->scratch, value, 4))
		return refuse_unread(&h->task, "clear_child_tid");
	t->clear_child_tid = value[0];
	if (REMOTE_CALL(r, __NR_prctl, PR_GET_PDEATHSIG, r->scratch) || remote_read(r, r->scratch, value, 4))
		return refuse_unread(&h->task, "parent death signal");
	t->parent_death_signal = value[0];
	securebits = REMOTE_CALL(r, __NR_prctl, PR_GET_SECUREBITS);
	if (securebits < 0)
		return refuse_unread(&h->task, "securebits");
	t->securebits = securebits;
	return 0;
}

static int record_kernel_lists(const struct held *h, struct thread *t)
{
	pid_t tid = h->remote.tid;
	struct __ptrace_rseq_configuration rseq = { 0 };
	unsigned long head = 0, size = 0;

	if (syscall(SYS_get_robust_list, tid, &head, &size))
		return refuse_unread(&h->task, "robust list");
	t->robust_list = head;
	t->robust_list_size = size;
	if (ptrace(PTRACE_GET_RSEQ_CONFIGURATION, tid, sizeof(rseq), &rseq) < 0)
		return refuse_unread(&h->task, "rseq");
	t->rseq = rseq.rseq_abi_pointer;
	t->rseq_size = rseq.rseq_abi_size;
	t->rseq_signature = rseq.signature;
	return 0;
}

static int record_personality(const struct held *h, struct thread *t)
{
	char *text = procfs_text(h->remote.tid, "personality");

	if (!text)
		return refuse_unread(&h->task, "personality");
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

static int record_credentials(struct held *h, struct thread *t)
{
	const char *text = held_status(h);
	const char *no_new_privs = procfs_value(text, "NoNewPrivs"), *seccomp = procfs_value(text, "Seccomp");
	bool ok = no_new_privs && record_groups(text, t) &&
		  numbers(text, "Uid", t->uid, 4) && numbers(text, "Gid", t->gid, 4) &&
		  capabilities(text, "CapInh", &t->inheritable) && capabilities(text, "CapPrm", &t->permitted) &&
		  capabilities(text, "CapEff", &t->effective) && capabilities(text, "CapBnd", &t->bounding) &&
		  capabilities(text, "CapAmb", &t->ambient);

	if (ok && seccomp && *seccomp != '0')
		return refuse(&h->task, NULL, "a seccomp filter is in force for it");
	t->no_new_privs = ok && *no_new_privs == '1';
	return ok ? 0 : refuse_unread(&h->task, "credentials");
}

int record_thread(struct recorder *rec, struct held *h, struct thread *t)
{
	t->blocked = h->remote.mask;
	return record_registers(h, t) ||
	       record_pending(h, false, rec->notes[h->index].n_pending, &t->pending, &t->n_pending) ||
	       record_by_calls(h, t) || record_kernel_lists(h, t) || record_personality(h, t) ||
	       record_credentials(h, t) || record_thread_settings(h, t) ? -1 : 0;
}
