/* SPDX-License-Identifier: GPL-2.0 */
/* The contents of a file that no longer has a name: only for regular.c. */
#ifndef KINDS_DELETED_H
#define KINDS_DELETED_H

#include "cr/image/coder.h"
#include "rebuild.h"
#include "record.h"

void code_deleted_file(struct coder *c, struct deleted_file *f);
bool deleted_sound(const struct open_regular *r);
void deleted_free(struct deleted_file *f);

/* Read the whole file.  Returns 0, or -1 when refused. */
int deleted_record(const struct look *l, struct deleted_file *f);

/*
 * Create the file again, or open the one that was created for an earlier one of opens[], with these flags.  Returns a
 * descriptor, or -1 when reported.
 */
int deleted_open(const struct reopening *re, const struct open *o, int flags);

#endif
