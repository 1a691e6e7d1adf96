/* SPDX-License-Identifier: GPL-2.0 */
/* The part of plan_make() that is about what each process is born with. */
#ifndef PLAN_BIRTHS_H
#define PLAN_BIRTHS_H

#include "plan.h"

/*
 * When it is known who creates whom: name, pids, namespaces, group and terminal of each.  0, or -1 when reported: a
 * namespace that cannot be inherited where it would have to be.
 */
int plan_births(struct plan *plan, const struct image *image, const struct plan_options *options);

#endif
