/* SPDX-License-Identifier: GPL-2.0 */
/* Checkpoint: hold a running tree, record it, and kill it or let it go on. */
#ifndef CHECKPOINT_H
#define CHECKPOINT_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Record the tree below pid root, root included, in the file path ("-": stdout).  ptrace holds all its tasks.  Each
 * process is written to the image as soon as it is recorded.  When the image is complete and has its name, the tree is
 * killed, or with leave_running continues.
 *
 * A tree that cannot be recorded continues as before.  Returns 0, or -1 when an error has been reported.  Needs root in
 * the initial namespaces, and a /proc of the caller's pid namespace.  Takes SIGALRM: see remote_begin().
 */
int checkpoint(pid_t root, const char *path, bool leave_running);

#endif
