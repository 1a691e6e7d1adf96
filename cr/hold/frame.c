// SPDX-License-Identifier: GPL-2.0
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

#include "frame.h"

#define FRAME_SIZE_MAX 4000

struct frame {
	unsigned long address, esp;	/* where it is to stand, and the stack pointer that makes it the current one */
	size_t size;
	unsigned char bytes[FRAME_SIZE_MAX];
};

/* struct rt_sigframe_ia32 of arch/x86/include/asm/sigframe.h, with its parts. */
struct sigcontext_i386 {
	uint32_t gs, fs, es, ds;
	uint32_t edi, esi, ebp, esp, ebx, edx, ecx, eax, trapno, err, eip, cs, eflags, esp_at_signal, ss;
	uint32_t fpstate, oldmask, cr2;
};

struct rt_frame {
	uint32_t return_address, signal, info_address, context_address;
	unsigned char info[128];
	uint32_t flags, link, altstack_sp, altstack_flags, altstack_size;
	struct sigcontext_i386 context;
	uint64_t mask;
	unsigned char return_code[8];
};
_Static_assert(sizeof(struct rt_frame) == 268, "as the kernel has it on i386");

/* These flags are invalid for an alternate stack, so rt_sigreturn() leaves the task's own in place. */
#define NO_ALTSTACK 0x55

/* The FPU state: in fnsave's format, then in fxsave's or xsave's at a multiple of 64 (arch/x86/kernel/fpu/signal.c). */
#define FNSAVE_SIZE 112
#define FNSAVE_STATUS 4
#define FNSAVE_MAGIC_AT 110
#define FXSAVE_SIZE 512
#define SW_BYTES_AT 464		/* in fxsave's format, for the kernel's use */
#define XSTATE_MAGIC1 0x46505853U
#define XSTATE_MAGIC2 0x46505845U

static bool is_to_restart(const struct user_regs_struct *regs)
{
	return regs->orig_eax >= 0 && (regs->eax == -ERESTARTSYS || regs->eax == -ERESTARTNOINTR ||
				       regs->eax == -ERESTARTNOHAND || regs->eax == -ERESTART_RESTARTBLOCK);
}

/* Read the FPU state, as far as there is room.  Returns its size, or 0 with errno. */
static size_t read_fpu(pid_t tid, unsigned char *fnsave, unsigned char *fx, size_t room)
{
	struct iovec iov = { fx, room - 4 };
	uint32_t sw[5] = { XSTATE_MAGIC1 }, magic2 = XSTATE_MAGIC2;

	if (ptrace(PTRACE_GETFPREGS, tid, 0, fnsave))
		return 0;
	memcpy(fnsave + FNSAVE_MAGIC_AT - 2, fnsave + FNSAVE_STATUS, 2);
	memset(fnsave + FNSAVE_MAGIC_AT, 0, 2);		/* X86_FXSR_MAGIC: fxsave's format follows */
	if (ptrace(PTRACE_GETREGSET, tid, NT_X86_XSTATE, &iov)) {
		iov.iov_len = FXSAVE_SIZE;
		return ptrace(PTRACE_GETREGSET, tid, NT_PRXFPREG, &iov) ? 0 : FXSAVE_SIZE;
	}
	/* ptrace has the mask of states where the frame has magic, size, mask, size. */
	memcpy(&sw[2], fx + SW_BYTES_AT, 8);
	sw[4] = iov.iov_len;
	sw[1] = iov.iov_len + sizeof(magic2) + FNSAVE_SIZE;
	memcpy(fx + SW_BYTES_AT, sw, sizeof(sw));
	memcpy(fx + iov.iov_len, &magic2, sizeof(magic2));
	return iov.iov_len + sizeof(magic2);
}

static void set_context(struct sigcontext_i386 *c, const struct user_regs_struct *regs)
{
	*c = (struct sigcontext_i386){
		.gs = regs->xgs, .fs = regs->xfs, .es = regs->xes, .ds = regs->xds, .cs = regs->xcs, .ss = regs->xss,
		.edi = regs->edi, .esi = regs->esi, .ebp = regs->ebp, .esp = regs->esp, .ebx = regs->ebx,
		.edx = regs->edx, .ecx = regs->ecx, .eax = regs->eax, .eip = regs->eip, .eflags = regs->eflags,
	};
	/* From a signal frame nothing is restarted: go back over the instruction, as the kernel does. */
	if (is_to_restart(regs)) {
		c->eax = regs->orig_eax;
		c->eip -= 2;
	}
}

/* Make a frame at or below top.  If a system call was interrupted, the frame restarts it. */
static int make(struct frame *f, const struct remote *r, unsigned long top)
{
	struct rt_frame frame = { .altstack_flags = NO_ALTSTACK, .mask = r->mask };
	unsigned char fnsave[FNSAVE_SIZE], fx[FRAME_SIZE_MAX - sizeof(frame) - FNSAVE_SIZE - 64];
	size_t fx_size = read_fpu(r->tid, fnsave, fx, sizeof(fx));
	unsigned long fx_at;

	if (!fx_size)
		return -1;
	fx_at = (top - fx_size) & ~63UL;
	f->address = (fx_at - FNSAVE_SIZE - sizeof(frame)) & ~15UL;
	f->size = fx_at + fx_size - f->address;
	f->esp = f->address + 4;	/* as after the return to a signal handler's return address */
	set_context(&frame.context, &r->regs);
	frame.context.fpstate = fx_at - FNSAVE_SIZE;
	memset(f->bytes, 0, f->size);
	memcpy(f->bytes, &frame, sizeof(frame));
	memcpy(f->bytes + (fx_at - FNSAVE_SIZE - f->address), fnsave, FNSAVE_SIZE);
	memcpy(f->bytes + (fx_at - f->address), fx, fx_size);
	return 0;
}

int frame_lay(struct remote *r, unsigned long top)
{
	struct frame f;

	if (make(&f, r, top) || remote_write(r, f.address, f.bytes, f.size))
		return -1;
	r->frame_esp = f.esp;
	return 0;
}

int frame_lay_on_stack(struct remote *r)
{
	struct frame f, *was = malloc(sizeof(*was));

	if (!was || make(&f, r, r->regs.esp)) {
		free(was);
		return -1;
	}
	*was = f;
	if (remote_read(r, f.address, was->bytes, f.size) || remote_write(r, f.address, f.bytes, f.size)) {
		free(was);
		return -1;
	}
	r->on_stack = was;
	r->frame_esp = f.esp;
	return 0;
}

int frame_take_off_stack(struct remote *r)
{
	struct frame *f = r->on_stack;
	int ret = f ? remote_write(r, f->address, f->bytes, f->size) : 0;

	free(f);
	r->on_stack = NULL;
	return ret;
}
