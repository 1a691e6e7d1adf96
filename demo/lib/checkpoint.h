/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Checkpoint: hold a running tree of the application, record it, and let it go
 * on or kill it.
 */
#ifndef CHECKPOINT_H
#define CHECKPOINT_H

#include <stdbool.h>
#include <sys/types.h>

#include "image.h"

/*
 * Record the tree whose first task is root, as the kernel reports it and as its
 * tasks remember it.  All its tasks are held (PTRACE_SEIZE, PTRACE_INTERRUPT)
 * until no new one appears and each is between two steps.  The image is written
 * to path.  Then, and not before the file is whole, the tree is killed, or goes
 * on if leave_running.
 *
 * A tree that cannot be recorded goes on as it was.  Returns 0, or -1 when an
 * error has been reported.  The caller frees the image.
 */
int checkpoint(struct image *image, pid_t root, const char *path, bool leave_running);

#endif
