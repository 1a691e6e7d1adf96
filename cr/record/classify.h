/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLASSIFY_H
#define CLASSIFY_H

#include "cr/kinds/record.h"
#include "record.h"

/* Fill in l->mounts and l->lost. */
void record_find_way(const struct recorder *rec, struct look *l);

/* Find the kind, which fills in o, the last of opens[].  Returns 0, or -1 when refused. */
int record_classify(struct recording *r, const struct look *l, struct open *o);

/* Call this after all processes have been recorded.  Returns 0, or -1 when refused. */
int record_settle(struct recording *r);

#endif
