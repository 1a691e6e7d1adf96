// SPDX-License-Identifier: GPL-2.0
/* pidtable --boxes: the whole drawing of a nested tree, and that it stays on the screen however deep it is. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include "nest.h"
#include "lib/clone_with_pids.h"
#include "lib/tree.h"
#include "tool.h"

#define WIDTH 79

/* A line of a box at this depth, with the sides of those around. */
static size_t draw(char *at, int depth, char end, char fill, const char *text)
{
	int inner = WIDTH - 4 * depth - 2;
	char *start = at;

	for (int i = 0; i < depth; i++)
		at += sprintf(at, "| ");
	at += sprintf(at, "%c%s", end, text);
	memset(at, fill, inner - strlen(text));
	at += inner - strlen(text);
	at += sprintf(at, "%c", end);
	for (int i = 0; i < depth; i++)
		at += sprintf(at, " |");
	at += sprintf(at, "\n");
	return at - start;
}

/* A namespace at each level, with one task. */
static void draw_tree(const struct tree *tree, char *at)
{
	char text[WIDTH];
	struct stat st;

	at += sprintf(at, "pid namespaces: the tree below pid %d\n", tree->task[0].pid[0]);
	for (int i = 0; i < tree->n; i++) {
		const struct task *t = &tree->task[i];
		int n;

		snprintf(text, sizeof(text), "/proc/%d/ns/pid", t->pid[0]);
		if (stat(text, &st))
			broken("look at a namespace");
		snprintf(text, sizeof(text), "- level %d, namespace %lu ", i, (unsigned long)st.st_ino);
		at += draw(at, i, '+', '-', text);
		n = snprintf(text, sizeof(text), " %s ", t->name);
		for (int level = 0; level < t->levels; level++)
			n += snprintf(text + n, sizeof(text) - n, "%s%d", level ? "," : "", t->pid[level]);
		at += draw(at, i, '|', ' ', text);
	}
	for (int i = tree->n - 1; i >= 0; i--)
		at += draw(at, i, '+', '-', "");
}

static void three_levels_down(void)
{
	struct container c = container(3);
	char drawing[4096];
	const char *out;
	struct tree tree;

	if (tree_read(&tree, c.outer.pid, false))
		broken("read the tree");
	expect(tree.n, 4, "tasks");
	draw_tree(&tree, drawing);
	out = succeeded(TOOL("pidtable", "--boxes", number(c.outer.pid)))->out;
	if (strcmp(out, drawing))
		fail("expected\n%s, saw\n%s", drawing, out);
	release(&c.outer);
}

static void as_deep_as_can_be(void)
{
	struct container c = container(MAX_LEVEL);
	const char *out = succeeded(TOOL("pidtable", "-b", number(c.outer.pid)))->out;
	int titles = 0;

	for (const char *line = strchr(out, '\n') + 1; *line; line = strchr(line, '\n') + 1) {
		expect(strchr(line, '\n') - line, WIDTH, "the width of a line");
		titles += strstr(line, "- level ") && strstr(line, "- level ") < strchr(line, '\n');
	}
	expect(titles, MAX_LEVELS, "boxes");
	release(&c.outer);
}

static void everybody(void)
{
	const char *out;

	use_tools();
	out = succeeded(TOOL("pidtable", "-bu"))->out;
	if (!strstr(out, "| init 1 ") || strstr(out, "kswapd"))
		fail("expected init, and no thread of the kernel, saw `%s'", out);
	complained(TOOL("pidtable", "-b", "-c", "sid"), 2, "--boxes and --columns");
}

static const struct function_row functions[] = {
	{ "three levels down", three_levels_down },
	{ "as deep as can be", as_deep_as_can_be },
	{ "everybody", everybody },
};

static const struct group boxes_groups[] = { FUNCTIONS(functions) };

SUITE(boxes);
