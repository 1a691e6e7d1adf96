/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KINDS_OUTSIDE_H
#define KINDS_OUTSIDE_H

#include "record.h"

/*
 * Record opens[i], a terminal or a pipe whose other end has turned out to be outside the tree, as the standard
 * descriptor `number'.
 */
void outside_record_as(struct recording *r, uint32_t i, uint32_t number, bool terminal);

/* The first of opens[] that is a terminal outside the tree; -1: there is none. */
int outside_terminal(const struct recording *r);

/* Which standard descriptor, 0..2, a descriptor of kind OPEN_OUTSIDE stands for. */
int outside_number(const struct image *image, const struct fd *fd);

#endif
