/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The pid table: one row per task, one column per level.
 *
 * A table consists of a title line `pid table: WHAT', a header, the rows and an empty line.  A row has the task's name,
 * indented by generation; its pid at each level, oldest first, or `-' where the task is not visible; and the requested
 * columns.
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

/* The width of the widest row that table_print() prints, in characters. */
int table_width(const struct tree *tree, unsigned int columns);

void table_print(FILE *f, const char *what, const struct tree *tree, unsigned int columns);

/*
 * Convert a list of names separated by commas ("all" and "" are valid, too) to a set of columns; -1 if a name is not a
 * column's.
 */
int table_columns(const char *list);

/* Print the names of the columns and what they contain, for --help. */
void table_columns_help(FILE *f);

/*
 * Print two tables side by side, matched by tree_match(): the pids before, the pids after at each level that the tree
 * has now, and whether the row is the same at the known levels.
 */
void table_compare_print(FILE *f, const struct tree *before, const struct tree *after);

#endif
