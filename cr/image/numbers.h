/* SPDX-License-Identifier: GPL-2.0 */
/* The pids of one task, or of the task that leads its group or session, at every level. */
#ifndef NUMBERS_H
#define NUMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/clone_with_pids.h"

struct numbers {
	uint32_t levels;			/* 1..MAX_LEVELS */
	int32_t nr[MAX_LEVELS];			/* oldest namespace first */
};

/* Bytes for "93,4,1" and the like: at most 7 characters for each level. */
#define NUMBERS_TEXT (MAX_LEVELS * 7)

/*
 * Read the line `KEY:' (NSpid, NSpgid or NSsid) of a text like /proc/PID/status.  A leader that is outside a namespace
 * has 0 there.  Returns false if there is no such line.
 */
bool numbers_read(struct numbers *n, const char *status, const char *key);

/* Are they equal at the levels that both have, counted from the oldest? */
bool numbers_same(const struct numbers *a, const struct numbers *b);

/* Are they equal from level `first' of `was' on, aligned at the youngest?  `is' may have additional older levels. */
bool numbers_kept(const struct numbers *was, uint32_t first, const struct numbers *is);

/* Write them as text into buf, which has NUMBERS_TEXT bytes.  Returns buf. */
const char *numbers_text(const struct numbers *n, char *buf);

#endif
