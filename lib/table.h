/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The pid table: one row per task, one column per level.
 *
 * A table is a title line `pid table: WHAT', a header, the rows and an empty
 * line.  A row is the task's name, indented by generation, then its pid at each
 * level, oldest first, `-' where the task is not visible; then the columns
 * that were asked for.
 */
#ifndef TABLE_H
#define TABLE_H

#include <stdio.h>

#include "tree.h"

/* Columns that can follow the pids; a set of bits. */
enum {
	COLUMN_STATE = 1 << 0,
	COLUMN_PPID = 1 << 1,
	COLUMN_PGID = 1 << 2,
	COLUMN_SID = 1 << 3,
	COLUMN_PIDNS = 1 << 4,
	COLUMN_USERNS = 1 << 5,
	COLUMN_MNTNS = 1 << 6,
	COLUMN_UTSNS = 1 << 7,
	COLUMN_IPCNS = 1 << 8,
};

/* How many characters the widest row that table_print() prints has. */
int table_width(const struct tree *tree, unsigned int columns);

void table_print(FILE *f, const char *what, const struct tree *tree, unsigned int columns);

/*
 * The set of columns that a list of names separated by commas means ("all" and
 * "" are lists, too), or -1 if one of the names is not a column's.
 */
int table_columns(const char *list);

/* The columns' names and what is in them, for --help. */
void table_columns_help(FILE *f);

/*
 * Two tables side by side, matched by tree_match(): the pids before, the pids after at
 * each level that the tree has now, and whether the row is the same at the
 * known levels.
 */
void table_compare_print(FILE *f, const struct tree *before, const struct tree *after);

#endif
