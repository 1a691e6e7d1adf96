/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KINDS_OUTSIDE_H
#define KINDS_OUTSIDE_H

#include "record.h"

/*
 * The other end of opens[i], a terminal or a pipe, has turned out to be outside: it is the standard descriptor
 * `number'.
 */
void outside_record_as(struct recording *r, uint32_t i, uint32_t number, bool terminal);

/* The first of opens[] that is a terminal outside; -1: there is none. */
int outside_terminal(const struct recording *r);

/* Which standard descriptor one of a tree's is that is outside, 0..2. */
int outside_number(const struct image *image, const struct fd *fd);

#endif
