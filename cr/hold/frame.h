/* SPDX-License-Identifier: GPL-2.0 */
/* A signal frame: what rt_sigreturn() of i386 takes the state of a task from. */
#ifndef FRAME_H
#define FRAME_H

#include "remote.h"

/*
 * Lay a frame that gives a held task its registers, its FPU state and its mask of signals back as it was found, into its
 * memory at or below top; r->frame_esp makes it the current one.  A system call that was interrupted starts again.  0, or
 * -1 with errno.
 */
int frame_lay(struct remote *r, unsigned long top);

/* Where a signal's would be, below the stack: for the calls that map a page for it, and take that away. */
int frame_lay_on_stack(struct remote *r);

/* What that has overwritten comes back: when no register refers to the frame any more. */
int frame_take_off_stack(struct remote *r);

#endif
