/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Fault injection, on a kernel with CONFIG_FAULT_INJECTION: the n-th allocation or copy from user space that the kernel
 * makes for the calling thread fails.  See fault-injection.rst in the kernel's documentation.
 */
#ifndef INJECT_H
#define INJECT_H

enum fault { FAULT_SLAB, FAULT_PAGE, FAULT_USERCOPY, FAULT_KINDS, NO_FAULT = FAULT_KINDS };

extern const char *const fault_names[FAULT_KINDS];

/* Enable all kinds of faults, also for allocations that may sleep, without messages on the console. */
void inject_prepare(void);

/* Start to count; the n-th fails.  The caller should already have touched the memory that it will write to. */
void inject(unsigned int n);

/* Stop.  Returns which fault was injected since inject(), or NO_FAULT. */
enum fault injected(void);

/* Mount debugfs at DEBUGFS. */
void mount_debugfs(void);
#define DEBUGFS "/sys/kernel/debug"

#endif
