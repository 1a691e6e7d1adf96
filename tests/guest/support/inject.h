/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Faults on request, of a kernel with CONFIG_FAULT_INJECTION: the n-th allocation or copy from user space that the
 * calling thread makes in the kernel fails.  See fault-injection.rst in the kernel's documentation.
 */
#ifndef INJECT_H
#define INJECT_H

enum fault { FAULT_SLAB, FAULT_PAGE, FAULT_USERCOPY, FAULT_KINDS, NO_FAULT = FAULT_KINDS };

extern const char *const fault_names[FAULT_KINDS];

/* Let every kind of fault be injected, also where the kernel would wait for memory, and say nothing on the console. */
void inject_prepare(void);

/* From now on count; the n-th fails.  The caller should have touched what it is going to write to. */
void inject(unsigned int n);

/* No more.  Which fault was injected since inject(), if there was one. */
enum fault injected(void);

/* debugfs is mounted; its folder in which these files are. */
void mount_debugfs(void);
#define DEBUGFS "/sys/kernel/debug"

#endif
