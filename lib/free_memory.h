/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory that a tool takes while a tree is at stake: the tool gives up, with a message, before the kernel has to end
 * somebody; and if it comes to that, the tool is the one.
 */
#ifndef FREE_MEMORY_H
#define FREE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that can be had without taking them from somebody: MemAvailable of proc(5).  UINT64_MAX where /proc has none. */
uint64_t memory_available(void);

/*
 * May so many bytes more be taken, with some left for all others?  false, with errno ENOMEM: no.  What was taken before
 * and is free again counts as free at the next look into /proc, which is not at every call.
 */
bool memory_admit(size_t size);

/*
 * Make the caller, and whom it creates, the first that the kernel ends when memory runs out (oom_score_adj 1000).
 * Reported if it fails.
 */
void memory_go_first(void);

#endif
