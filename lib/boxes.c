// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "boxes.h"

#define WIDTH     79
#define DEPTH_MAX 10		/* boxes that are further in are not drawn smaller */

struct space {
	ino_t id, parent;
	int level;
};

/* The pid namespaces of a tree, and the one that each task is in; -1: not known. */
struct spaces {
	const struct tree *tree;
	struct space *space;
	int n;
	int *of;
};

static int find(const struct spaces *s, ino_t id)
{
	for (int i = 0; i < s->n; i++)
		if (s->space[i].id == id)
			return i;
	return -1;
}

static int find_spaces(struct spaces *s, const struct tree *tree)
{
	*s = (struct spaces){
		.tree = tree, .space = calloc(tree->n + 1, sizeof(*s->space)), .of = calloc(tree->n + 1, sizeof(*s->of)),
	};
	if (!s->space || !s->of)
		return -1;
	for (int i = 0; i < tree->n; i++) {
		const struct task *t = &tree->task[i];
		ino_t id = 0, parent = 0;

		task_pid_namespace(t->pid[0], &id, &parent);
		s->of[i] = id ? find(s, id) : t->parent < 0 ? -1 : s->of[t->parent];
		if (id && s->of[i] < 0) {
			s->of[i] = s->n;
			s->space[s->n++] = (struct space){ id, parent, t->levels - 1 };
		}
	}
	return 0;
}

/* Print one side of the surrounding boxes. */
static void side(FILE *f, const char *text, int depth)
{
	while (depth--)
		fputs(text, f);
}

static void edge(FILE *f, const char *title, int depth)
{
	int width = WIDTH - 4 * depth - 2, used;

	side(f, "| ", depth);
	used = fprintf(f, "+%s", title) - 1;
	while (used++ < width)
		fputc('-', f);
	fputc('+', f);
	side(f, " |", depth);
	fputc('\n', f);
}

static void line(FILE *f, const char *text, int depth)
{
	side(f, "| ", depth + 1);
	fprintf(f, "%-*s", WIDTH - 4 * (depth + 1), text);
	side(f, " |", depth + 1);
	fputc('\n', f);
}

/* Describe a task by its name and pids, cut off at the width of a box. */
static void describe(const struct task *t, char *text, size_t size)
{
	size_t n = snprintf(text, size, "%s ", t->name);

	for (int level = 0; level < t->levels && n < size; level++)
		n += snprintf(text + n, size - n, "%s%d", level ? "," : "", t->pid[level]);
}

/* Print the tasks of a namespace, as many in a line as fit. */
static void print_tasks(FILE *f, const struct spaces *s, int space, int depth)
{
	int width = WIDTH - 4 * (depth + 1);
	char row[2 * WIDTH] = "", text[WIDTH + 1];

	for (int i = 0; i < s->tree->n; i++) {
		if (s->of[i] != space)
			continue;
		describe(&s->tree->task[i], text, width + 1);
		if (*row && (int)(strlen(row) + 3 + strlen(text)) > width) {
			line(f, row, depth);
			*row = '\0';
		}
		if (*row)
			strcat(row, "   ");
		strcat(row, text);
	}
	if (*row)
		line(f, row, depth);
}

static void print_space(FILE *f, const struct spaces *s, int space, int depth)
{
	int at = depth < DEPTH_MAX ? depth : DEPTH_MAX;
	char title[64];
	int n = snprintf(title, sizeof(title), "- level %d ", s->space[space].level);

	/* Where there is room for it: what /proc/PID/ns/pid says. */
	if (at < DEPTH_MAX)
		snprintf(title + n - 1, sizeof(title) - n, ", namespace %lu ", (unsigned long)s->space[space].id);
	edge(f, title, at);
	print_tasks(f, s, space, at);
	for (int i = 0; i < s->n; i++)
		if (s->space[i].parent == s->space[space].id)
			print_space(f, s, i, depth + 1);
	edge(f, "", at);
}

int boxes_print(FILE *f, const struct tree *tree)
{
	struct spaces s;
	int ret = find_spaces(&s, tree);

	for (int i = 0; !ret && i < s.n; i++)
		if (!s.space[i].parent || find(&s, s.space[i].parent) < 0)
			print_space(f, &s, i, 0);
	free(s.space);
	free(s.of);
	return ret;
}
