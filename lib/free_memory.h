/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory that a tool takes while a tree is at stake.  The tool gives up, with a message, before the kernel has to kill
 * a task; and if the kernel must, it kills the tool.
 */
#ifndef FREE_MEMORY_H
#define FREE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* MemAvailable of proc(5) in bytes; UINT64_MAX if /proc does not have it. */
uint64_t memory_available(void);

/*
 * May the caller take this many more bytes and leave some for all others?  If not, false with errno ENOMEM.  /proc is
 * not read at every call; memory that was freed counts as free only after the next look.
 */
bool memory_admit(size_t size);

/*
 * Make the caller and its future children the first that the kernel kills when memory runs out (oom_score_adj 1000).
 * A failure is reported.
 */
void memory_go_first(void);

#endif
