/* SPDX-License-Identifier: GPL-2.0 */
/* A signal frame, from which i386's rt_sigreturn() restores the state of a task. */
#ifndef FRAME_H
#define FRAME_H

#include "remote.h"

/*
 * Write a frame into the memory of a held task, at or below top, that restores its registers, FPU state and signal mask
 * as they were found; r->frame_esp makes it the current one.  An interrupted system call starts again.  Returns 0, or
 * -1 with errno.
 */
int frame_lay(struct remote *r, unsigned long top);

/* The same below the stack, where a signal's frame would be: for the calls that map and unmap the frame's own page. */
int frame_lay_on_stack(struct remote *r);

/* Restore what that frame has overwritten, when no register refers to the frame any more. */
int frame_take_off_stack(struct remote *r);

#endif
