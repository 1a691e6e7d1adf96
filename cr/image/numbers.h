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

/* "93,4,1" and no more than 7 characters a level. */
#define NUMBERS_TEXT (MAX_LEVELS * 7)

/*
 * The line `KEY:' of a text like /proc/PID/status: NSpid, NSpgid or NSsid.  A leader outside of a namespace has 0
 * there.  False if there is no such line.
 */
bool numbers_read(struct numbers *n, const char *status, const char *key);

/* Equal at the levels that both have, counted from the oldest. */
bool numbers_same(const struct numbers *a, const struct numbers *b);

/* Equal from level `first' of `was' on, aligned to the youngest: `is' may have older levels in front. */
bool numbers_kept(const struct numbers *was, uint32_t first, const struct numbers *is);

/* As text, into buf of NUMBERS_TEXT bytes; returns buf. */
const char *numbers_text(const struct numbers *n, char *buf);

#endif
