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

/* Where a signal's would be, below the stack: for the calls that map a page for it, and take that away. */
int frame_lay_on_stack(struct remote *r);

/* Restore what that has overwritten, when no register refers to the frame any more. */
int frame_take_off_stack(struct remote *r);

#endif
