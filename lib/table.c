// SPDX-License-Identifier: GPL-2.0
#include <stddef.h>
#include <string.h>

#include "table.h"

#define PID_WIDTH 6

static void cell_pid(char *buf, size_t size, pid_t pid)
{
	if (pid)
		snprintf(buf, size, "%d", pid);
	else
		snprintf(buf, size, "-");
}

static void cell_state(char *buf, size_t size, const struct task *t, size_t offset)
{
	(void)offset;
	snprintf(buf, size, "%c", t->state ? t->state : '-');
}

/* Fill a cell with the pid, or below with the inode number, at an offset in struct task. */
static void cell_pid_at(char *buf, size_t size, const struct task *t, size_t offset)
{
	cell_pid(buf, size, *(const pid_t *)((const char *)t + offset));
}

static void cell_inode_at(char *buf, size_t size, const struct task *t, size_t offset)
{
	ino_t inode = *(const ino_t *)((const char *)t + offset);

	if (inode)
		snprintf(buf, size, "%lu", (unsigned long)inode);
	else
		snprintf(buf, size, "-");
}

#define PID_COLUMN(name, head, field, help) \
	{ name, head, help, PID_WIDTH, cell_pid_at, offsetof(struct task, field) }
#define NS_COLUMN(name, head, kind, help) \
	{ name, head, help, 12, cell_inode_at, offsetof(struct task, ns[kind]) }

static const struct column {
	const char *name, *head, *help;
	int width;
	void (*cell)(char *buf, size_t size, const struct task *t, size_t offset);
	size_t offset;
} columns_known[] = {		/* in the order of the bits in table.h */
	{ "state", "S", "R running, S sleeping, T stopped, t traced, Z zombie", 2, cell_state, 0 },
	PID_COLUMN("ppid", "PPID", ppid, "the parent's pid at the oldest level"),
	PID_COLUMN("pgid", "PGID", pgid, "process group, at the oldest level"),
	PID_COLUMN("sid", "SID", sid, "session, at the oldest level"),
	NS_COLUMN("pidns", "PIDNS", NS_PID, "the pid namespace: its inode number in /proc/PID/ns"),
	NS_COLUMN("userns", "USERNS", NS_USER, "the user namespace"),
	NS_COLUMN("mntns", "MNTNS", NS_MNT, "the mount namespace"),
	NS_COLUMN("utsns", "UTSNS", NS_UTS, "the UTS namespace"),
	NS_COLUMN("ipcns", "IPCNS", NS_IPC, "the IPC namespace"),
};
#define N_COLUMNS ((int)(sizeof(columns_known) / sizeof(*columns_known)))

static int name_width(const struct tree *tree)
{
	int width = 4;

	for (int i = 0; i < tree->n; i++) {
		int w = 2 * tree->task[i].depth + strlen(tree->task[i].name);

		if (w > width)
			width = w;
	}
	return width;
}

static void print_name(FILE *f, const struct task *t, int width)
{
	fprintf(f, "%*s%-*s", 2 * t->depth, "", width - 2 * t->depth, t->name);
}

static void print_level_heads(FILE *f, int levels, int width)
{
	char head[16];

	for (int level = 0; level < levels; level++) {
		snprintf(head, sizeof(head), "L%d", level);
		fprintf(f, "%*s", width, head);
	}
}

/* t may be NULL: no such task. */
static void print_pids(FILE *f, const struct task *t, int levels, int width)
{
	char cell[32];

	for (int level = 0; level < levels; level++) {
		cell_pid(cell, sizeof(cell), t ? task_pid_at(t, level) : 0);
		fprintf(f, "%*s", width, cell);
	}
}

int table_width(const struct tree *tree, unsigned int columns)
{
	int width = name_width(tree) + tree->levels * PID_WIDTH;

	for (int c = 0; c < N_COLUMNS; c++)
		if (columns & (1U << c))
			width += columns_known[c].width;
	return width;
}

void table_print(FILE *f, const char *what, const struct tree *tree, unsigned int columns)
{
	int width = name_width(tree);
	char cell[32];

	fprintf(f, "pid table: %s\n%-*s", what, width, "NAME");
	print_level_heads(f, tree->levels, PID_WIDTH);
	for (int c = 0; c < N_COLUMNS; c++)
		if (columns & (1U << c))
			fprintf(f, "%*s", columns_known[c].width, columns_known[c].head);
	fputc('\n', f);

	for (int i = 0; i < tree->n; i++) {
		print_name(f, &tree->task[i], width);
		print_pids(f, &tree->task[i], tree->levels, PID_WIDTH);
		for (int c = 0; c < N_COLUMNS; c++) {
			if (!(columns & (1U << c)))
				continue;
			columns_known[c].cell(cell, sizeof(cell), &tree->task[i], columns_known[c].offset);
			fprintf(f, "%*s", columns_known[c].width, cell);
		}
		fputc('\n', f);
	}
	fputc('\n', f);
}

int table_columns(const char *list)
{
	int set = 0;

	if (!strcmp(list, "all"))
		return (1 << N_COLUMNS) - 1;
	while (*list) {
		size_t len = strcspn(list, ",");
		int c = 0;

		while (c < N_COLUMNS && (strlen(columns_known[c].name) != len ||
					 strncmp(columns_known[c].name, list, len)))
			c++;
		if (c == N_COLUMNS)
			return -1;
		set |= 1 << c;
		list += len;
		if (*list == ',' && !*++list)
			return -1;
	}
	return set;
}

void table_columns_help(FILE *f)
{
	for (int c = 0; c < N_COLUMNS; c++)
		fprintf(f, "  %-7s %s\n", columns_known[c].name, columns_known[c].help);
}

/* Two tables side by side are wide, so make columns no wider than the pids need. */
static int narrow_width(const struct tree *tree, int width)
{
	char cell[32];

	for (int i = 0; i < tree->n; i++)
		for (int level = 0; level < tree->task[i].levels; level++) {
			int w = 1 + snprintf(cell, sizeof(cell), "%d", tree->task[i].pid[level]);

			if (w > width)
				width = w;
		}
	return width;
}

void table_compare_print(FILE *f, const struct tree *before, const struct tree *after)
{
	int width = narrow_width(after, narrow_width(before, 5));

	fprintf(f, "%-*s | %-*s| %-*s|\n", TASK_NAME - 2, "", width * before->levels, "before",
		width * after->levels, "now");
	fprintf(f, "%-*s |", TASK_NAME - 2, "NAME");
	print_level_heads(f, before->levels, width);
	fprintf(f, " |");
	print_level_heads(f, after->levels, width);
	fprintf(f, " |\n");

	for (int i = 0; i < before->n; i++) {
		const struct task *b = &before->task[i];
		int now = tree_match(before, i, after);
		struct comparison c = { 0 };

		fprintf(f, "%-*s |", TASK_NAME - 2, b->name);
		print_pids(f, b, before->levels, width);
		fprintf(f, " |");
		print_pids(f, now < 0 ? NULL : &after->task[now], after->levels, width);
		fprintf(f, " | %s\n", task_compare(before, i, 0, after, &c) ? "same" : "DIFF");
	}
	fputc('\n', f);
}
