/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's own leak detector, which searches for memory that nothing refers to: CONFIG_DEBUG_KMEMLEAK. */
#ifndef KMEMLEAK_H
#define KMEMLEAK_H

/* Start a scan.  The case fails if it reports anything. */
void kmemleak_is_silent(void);

#endif
