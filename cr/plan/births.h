/* SPDX-License-Identifier: GPL-2.0 */
/* The part of plan_make() that decides what each process is born with. */
#ifndef PLAN_BIRTHS_H
#define PLAN_BIRTHS_H

#include "plan.h"

/*
 * Called when it is known who creates whom: choose the name, pids, namespaces, group and terminal of each.  Returns 0,
 * or -1 when reported: a process cannot inherit a namespace from its creator.
 */
int plan_births(struct plan *plan, const struct image *image, const struct plan_options *options);

#endif
