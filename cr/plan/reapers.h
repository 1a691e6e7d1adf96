/* SPDX-License-Identifier: GPL-2.0 */
/* The part of plan_make() that deals with adoption. */
#ifndef PLAN_REAPERS_H
#define PLAN_REAPERS_H

#include "plan.h"

/*
 * Choose which processes must be subreapers when others end, and set planned.subreaper.  Returns 0, or -1 when
 * reported: no choice gives every process its recorded parent.
 */
int plan_reapers(struct plan *plan, const struct image *image);

#endif
