/* SPDX-License-Identifier: GPL-2.0 */
/* A signal frame: what rt_sigreturn() of i386 takes the state of a task from. */
#ifndef FRAME_H
#define FRAME_H

#include "remote.h"

#define FRAME_SIZE_MAX 4000

struct frame {
	unsigned long address, esp;	/* where it is to stand, and the stack pointer that makes it the current one */
	size_t size;
	unsigned char bytes[FRAME_SIZE_MAX];
};

/*
 * The frame that gives a held task its registers, its FPU state and its mask of signals back as it was found, to stand
 * at or below top.  A system call that was interrupted starts again.  0, or -1 with errno.
 */
int frame_make(struct frame *f, const struct remote *r, unsigned long top);

#endif
