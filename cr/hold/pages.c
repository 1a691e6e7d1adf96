// SPDX-License-Identifier: GPL-2.0
/* What injected calls need in the task's memory: an `int $0x80', and pages that we map for them. */
#include <errno.h>
#include <string.h>
#include <asm/unistd.h>
#include <sys/mman.h>
#include <sys/ptrace.h>

#include "frame.h"
#include "remote.h"

#define PAGE 4096UL

int remote_find_int80(struct remote *r, unsigned long vdso, size_t size)
{
	/*
	 * __kernel_sigreturn: popl %eax; movl $119, %eax; int $0x80, then nothing but nop up to __kernel_rt_sigreturn:
	 * movl $173, %eax; int $0x80 (arch/x86/entry/vdso/vdso32/sigreturn.S)
	 */
	static const unsigned char code[] = { 0x58, 0xb8, 119, 0, 0, 0, 0xcd, 0x80 };
	static const unsigned char then[] = { 0xb8, 173, 0, 0, 0, 0xcd, 0x80 };
	unsigned char page[4 * PAGE];

	if (size > sizeof(page))
		size = sizeof(page);
	if (remote_read(r, vdso, page, size))
		return -1;
	for (const unsigned char *at = page; (at = memmem(at, page + size - at, code, sizeof(code))); at++) {
		const unsigned char *behind = at + sizeof(code);
		size_t left = page + size - behind;

		if (!memmem(behind, left < 32 ? left : 32, then, sizeof(then)))
			continue;
		r->int80 = vdso + (behind - 2 - page);
		return 0;
	}
	errno = ENOEXEC;
	return -1;
}

int remote_use_pages(struct remote *r, const struct remote *leader)
{
	r->int80 = leader->int80;
	r->scratch = leader->scratch;
	return frame_lay(r, leader->scratch + (2 + (r == leader ? 0 : r->number)) * PAGE);
}

static size_t pages_size(const struct remote *leader)
{
	return (2 + leader->number) * PAGE;
}

int remote_map_pages(struct remote *leader)
{
	long ret = REMOTE_CALL(leader, __NR_mmap2, 0, pages_size(leader), PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct user_regs_struct regs;

	if (remote_is_error(ret)) {
		errno = ret == REMOTE_FAILED ? errno : -ret;
		return -1;
	}
	leader->scratch = ret;
	/* From its stack the frame moves to its page; the call has ended, and of its registers only that one matters. */
	if (remote_use_pages(leader, leader) || ptrace(PTRACE_GETREGS, leader->tid, 0, &regs))
		return -1;
	regs.esp = leader->frame_esp;
	return ptrace(PTRACE_SETREGS, leader->tid, 0, &regs) || frame_take_off_stack(leader) ? -1 : 0;
}

int remote_unmap_pages(struct remote *leader)
{
	unsigned long scratch = leader->scratch;
	long ret;

	leader->frame_esp = 0;		/* on the stack again, as its page goes */
	leader->scratch = 0;
	ret = REMOTE_CALL(leader, __NR_munmap, scratch, pages_size(leader));
	if (ret && ret != REMOTE_FAILED)
		errno = -ret;
	return ret ? -1 : 0;
}
