/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's own search for memory that nothing refers to: CONFIG_DEBUG_KMEMLEAK. */
#ifndef KMEMLEAK_H
#define KMEMLEAK_H

/* Let it search all that there is now; the case fails with what it reports. */
void kmemleak_is_silent(void);

#endif
