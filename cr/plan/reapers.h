/* SPDX-License-Identifier: GPL-2.0 */
/* The part of plan_make() that is about adoption. */
#ifndef PLAN_REAPERS_H
#define PLAN_REAPERS_H

#include "plan.h"

/*
 * Say which processes have to be subreapers when others end: planned.subreaper.  0, or -1 when reported: no choice
 * makes everybody's parent the one that was recorded.
 */
int plan_reapers(struct plan *plan, const struct image *image);

#endif
