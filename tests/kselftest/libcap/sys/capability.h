/* SPDX-License-Identifier: GPL-2.0 */
/*
 * As much of libcap as clone3_cap_checkpoint_restore uses.  That test takes a cap_t for a pointer to the structures
 * of capset() and sets bits in them, as it may not: in Debian's libcap (2.66) something else comes first, and the
 * test asks for capabilities that nobody has.  Here it finds what it expects.
 */
#ifndef _SYS_CAPABILITY_H
#define _SYS_CAPABILITY_H

#include <linux/capability.h>

typedef struct cap *cap_t;
typedef int cap_value_t;
typedef enum { CAP_EFFECTIVE, CAP_PERMITTED, CAP_INHERITABLE } cap_flag_t;
typedef enum { CAP_CLEAR, CAP_SET } cap_flag_value_t;

/* The caller's capabilities, to be given to cap_free(); NULL with errno. */
cap_t cap_get_proc(void);
int cap_free(void *caps);

/* Both only change caps. */
int cap_clear(cap_t caps);
int cap_set_flag(cap_t caps, cap_flag_t flag, int n, const cap_value_t *values, cap_flag_value_t value);

/* 0, or -1 with errno. */
int cap_set_proc(cap_t caps);

#endif
