// SPDX-License-Identifier: GPL-2.0
/*
 * Images with a checksum that is right and contents that are not: somebody has edited them.  The reader refuses what
 * could not be restarted or does not say one thing only; what just the kernel can know, the kernel refuses, and then
 * nothing of the tree is left.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "damage.h"
#include "tool.h"

/* The sound image (damage.c) with one place changed: the first place where `find' stands. */
struct edit_row {
	const char *name;
	const char *find, *replace;
	char verdict;	/* 0: refused by the reader; 'k': by the kernel; 'y': sound */
};

#define VERSION_LINE "clone_with_pids checkpoint, version 1\n"
#define COUNTERS "     steps 57 sent 57 answered 57 heard 57 lost 0 strange 0\n"

static const struct edit_row edit_rows[] = {
	{ "another program's file", "clone_with_pids", "clone-with-pids", 0 },
	{ "version 0", "version 1", "version 0", 0 },
	{ "version 2", "version 1", "version 2", 0 },
	{ "version 12", "version 1", "version 12", 0 },
	{ "version -1", "version 1", "version -1", 0 },
	{ "version 01", "version 1", "version 01", 0 },
	{ "version 1.5", "version 1", "version 1.5", 0 },
	{ "version 1 and more", "version 1", "version 1 or so", 0 },
	{ "version 4294967297", "version 1", "version 4294967297", 0 },
	{ "no version", "version 1", "version ", 0 },
	{ "a version of letters", "version 1", "version one", 0 },

	{ "0 tasks", "tasks 4", "tasks 0", 0 },
	{ "-1 tasks", "tasks 4", "tasks -1", 0 },
	{ "3 tasks of 4", "tasks 4", "tasks 3", 0 },
	{ "5 tasks of 4", "tasks 4", "tasks 5", 0 },
	{ "33 tasks of 4", "tasks 4", "tasks 33", 0 },
	{ "2147483647 tasks", "tasks 4", "tasks 2147483647", 0 },
	{ "4294967300 tasks, which is 4", "tasks 4", "tasks 4294967300", 0 },
	{ "+4 tasks", "tasks 4", "tasks +4", 0 },
	{ "four tasks", "tasks 4", "tasks four", 0 },
	{ "a space before the number of tasks", "tasks 4", "tasks  4", 0 },

	{ "a number skipped", "task 2 parent", "task 3 parent", 0 },
	{ "a negative number", "task 2 parent", "task -2 parent", 0 },
	{ "its own parent", "task 2 parent 0", "task 2 parent 2", 0 },
	{ "a parent that comes later", "task 1 parent 0", "task 1 parent 2", 0 },
	{ "a parent that there is not", "task 1 parent 0", "task 1 parent 4", 0 },
	{ "a parent far away", "task 1 parent 0", "task 1 parent 1000000000", 0 },
	{ "a parent of -2", "task 1 parent 0", "task 1 parent -2", 0 },
	{ "a parent that wraps to 0", "task 1 parent 0", "task 1 parent 4294967296", 0 },
	{ "two first tasks", "task 1 parent 0", "task 1 parent -1", 0 },
	{ "a first task with a parent", "task 0 parent -1", "task 0 parent 0", 0 },

	{ "the same name twice", "name leaf", "name outer", 0 },
	{ "no name", "name leaf", "name ", 0 },
	{ "a name of 15", "name leaf", "name abcdefghijklmno", 'y' },
	{ "a name of 16", "name leaf", "name abcdefghijklmnop", 0 },
	{ "a name with a space", "name leaf", "name le af", 0 },
	{ "a name with a control character", "name leaf", "name le\033af", 0 },
	{ "a name above ASCII", "name leaf", "name le\303\244f", 0 },

	{ "no pids", "pids 21003,4", "pids ", 0 },
	{ "a comma for pids", "pids 21003,4", "pids ,", 0 },
	{ "one comma too many", "pids 21003,4", "pids 21003,,4", 0 },
	{ "a comma at the end", "pids 21003,4", "pids 21003,4,", 0 },
	{ "pid 0", "pids 21003,4", "pids 21003,0", 0 },
	{ "pid 0 at the oldest level", "pids 21003,4", "pids 0,4", 0 },
	{ "a negative pid", "pids 21003,4", "pids 21003,-4", 0 },
	{ "a pid that wraps to 4", "pids 21003,4", "pids 21003,4294967300", 0 },
	{ "a pid with a 0 in front", "pids 21003,4", "pids 21003,04", 0 },
	{ "a pid above all numbers", "pids 21003,4", "pids 21003,99999999999999999999", 0 },
	{ "a pid of pid_max", "pids 21003,4", "pids 21003,32768", 'k' },
	{ "the greatest pid", "pids 21003,4", "pids 21003,2147483647", 'k' },
	{ "the greatest pid at the oldest level", "pids 21003,4 group 21003",
	  "pids 2147483647,4 group 2147483647", 'k' },
	{ "a pid of PID 1's", "pids 21003,4 group 21003", "pids 1,4 group 1", 'k' },
	{ "the same pid at the oldest level", "pids 21003,4", "pids 21004,4", 0 },
	{ "the same pid at the youngest level", "pids 21003,4", "pids 21003,1", 0 },
	{ "the same pid in an inner container", "pids 21005,6,2", "pids 21005,6,1", 0 },
	{ "the same pid in an outer container", "pids 21005,6,2", "pids 21005,4,2", 0 },
	{ "the same pid as the init's at the middle level", "pids 21005,6,2", "pids 21005,1,2", 0 },
	{ "the same pid at different levels", "pids 21005,6,2", "pids 21005,6,4", 'y' },

	{ "a first task outside of a container", "pids 21000,1", "pids 21000", 0 },
	{ "a first task that is not pid 1", "pids 21000,1", "pids 21000,2", 0 },
	{ "a level too few", "pids 21005,6,2", "pids 21005,6", 0 },
	{ "a level too few for a container", "pids 21004,5,1", "pids 21004,5", 0 },
	{ "a new level without pid 1", "pids 21003,4", "pids 21003,4,2", 0 },
	{ "a jump of two levels", "pids 21003,4", "pids 21003,4,1,1", 0 },
	{ "a jump of two levels at the end", "pids 21005,6,2", "pids 21005,6,2,1,1", 0 },
	{ "a container in place of a task", "pids 21003,4", "pids 21003,4,1", 'y' },

	{ "a group that nobody leads", "group 21003", "group 21099", 0 },
	{ "another task's group", "group 21005", "group 21003", 0 },
	{ "group 0", "group 21003", "group 0", 0 },
	{ "a negative group", "group 21003", "group -1", 0 },
	{ "a group that wraps", "group 21003", "group 4294988299", 0 },
	{ "the parent's group", "group 21003", "group 21000", 'y' },
	{ "a session that nobody leads", "session 21005", "session 21099", 0 },
	{ "a session without a group", "group 21005 session 21005", "group 21000 session 21005", 0 },
	{ "a session that wraps", "session 21005", "session 4294988301", 0 },
	{ "the first task without a session", "group 21000 session 21000", "group 21000 session 1", 0 },
	{ "the parent's session", "session 21005", "session 21000", 'y' },

	{ "a parent remembered below 0", "knows parent 1 children -", "knows parent -1 children -", 0 },
	{ "a parent remembered that wraps", "knows parent 1 children -", "knows parent 4294967297 children -", 0 },
	{ "a remembered child's pid of 0", "children 1:4,2:5", "children 1:0,2:5", 0 },
	{ "a remembered child's pid below 0", "children 1:4,2:5", "children 1:-4,2:5", 0 },
	{ "a remembered child's pid that wraps", "children 1:4,2:5", "children 1:4294967300,2:5", 0 },
	{ "a remembered child twice", "children 1:4,2:5", "children 1:4,1:5", 0 },
	{ "remembered children in another order", "children 1:4,2:5", "children 2:5,1:4", 0 },
	{ "a remembered child 32", "children 1:4,2:5", "children 1:4,32:5", 0 },
	{ "a remembered child -1", "children 1:4,2:5", "children -1:4,2:5", 0 },
	{ "a remembered child far away", "children 1:4,2:5", "children 1:4,1000000000:5", 0 },
	{ "the child of another", "children 1:4,2:5", "children 1:4,3:5", 0 },
	{ "itself as a child", "children 1:4,2:5", "children 0:1,1:4,2:5", 0 },
	{ "the parent as a child", "children 3:2", "children 0:2,3:2", 0 },
	{ "a child without a pid", "children 1:4,2:5", "children 1:,2:5", 0 },
	{ "a child without a number", "children 1:4,2:5", "children :4,2:5", 0 },
	{ "no children and no sign for that", "children -", "children ", 0 },
	{ "a child that has ended", "children 3:2", "children 3:2,4:7", 'y' },
	{ "a remembered pid of before", "children 3:2", "children 3:77", 'y' },

	{ "a negative counter", "steps 57", "steps -57", 0 },
	{ "the greatest counter", "steps 57", "steps 4294967295", 'y' },
	{ "a counter that wraps", "steps 57", "steps 4294967353", 0 },
	{ "a counter of letters", "steps 57", "steps many", 0 },
	{ "counters in another order", "heard 0 lost 0", "lost 0 heard 0", 0 },
	{ "a counter too few", " strange 0\n", "\n", 0 },
	{ "a counter too many", "strange 0\n", "strange 0 more 0\n", 0 },
	{ "a counter with another name", "steps 57", "stops 57", 0 },

	{ "a line with nothing", COUNTERS, COUNTERS "\n", 0 },
	{ "a line too many", COUNTERS, COUNTERS COUNTERS, 0 },
	{ "a space at the end of a line", "strange 0\n", "strange 0 \n", 0 },
	{ "a tab in place of a space", "tasks 4", "tasks\t4", 0 },
	{ "no line but the first", "tasks 4\n", NULL, 0 },
	{ "lines that end as on another system", "tasks 4\n", "tasks 4\r\n", 0 },
	{ "the end line in the middle", "task 2", "end crc32 00000000\ntask 2", 0 },
};

/* The body, edited; replace NULL: cut there. */
static const char *edited(const char *find, const char *replace)
{
	static char body[8192];
	const char *at = strstr(sound_body, find);

	if (!at)
		fail("`%s' does not stand in the sound image", find);
	snprintf(body, sizeof(body), "%.*s%s%s", (int)(at - sound_body), sound_body, replace ? replace : "",
		 replace ? at + strlen(find) : "");
	return body;
}

/* The reader takes it, and the kernel says no: it is a pid that cannot be had. */
static void refused_by_the_kernel(const char *text)
{
	struct tasks before;
	const struct said *s;

	accepted(text, strlen(text), "the image");
	list_tasks(&before);
	s = complained(TOOL("restart", "-i", IMAGE_FILE), 1, "worker");
	if (!strstr(s->err, strerror(EINVAL)) && !strstr(s->err, strerror(EBUSY)))
		fail("the complaint gives no reason: `%.200s'", s->err);
	same_tasks(&before, "that");
}

static void run_edit(const void *row)
{
	const struct edit_row *r = row;
	const char *text = sealed(edited(r->find, r->replace));

	use_tools();
	if (r->verdict == 'k') {
		refused_by_the_kernel(text);
	} else if (r->verdict == 'y') {
		accepted(text, strlen(text), "the image");
		said_number(TOOL("restart", "-i", IMAGE_FILE));
	} else {
		rejected(text, strlen(text), "the image");
		not_restarted(text, strlen(text), "the image");
	}
}

/* The sound image in lines. */
#define MAX_LINES 24

struct lines {
	int n;
	const char *line[MAX_LINES + 1];
	int size[MAX_LINES + 1];
};

static struct lines sound_lines(void)
{
	struct lines l = { 0 };

	for (const char *p = sound_body; *p; p += l.size[l.n++]) {
		if (l.n == MAX_LINES)
			fail("the sound image has too many lines");
		l.line[l.n] = p;
		l.size[l.n] = strchr(p, '\n') + 1 - p;
	}
	return l;
}

static const char *joined(const struct lines *l)
{
	static char body[8192];
	size_t used = 0;

	for (int i = 0; i < l->n; i++)
		used += snprintf(body + used, sizeof(body) - used, "%.*s", l->size[i], l->line[i]);
	return body;
}

static void reject_lines(const struct lines *l, const char *format, int i, int j)
{
	const char *text = sealed(joined(l));
	char what[64];

	snprintf(what, sizeof(what), format, i + 1, j + 1);
	rejected(text, strlen(text), what);
}

static void swap(struct lines *l, int i, int j)
{
	const char *line = l->line[i];
	int size = l->size[i];

	l->line[i] = l->line[j];
	l->size[i] = l->size[j];
	l->line[j] = line;
	l->size[j] = size;
}

/* Of lines with nothing in them that tells whose they are, an exchange cannot be seen: counters, and no children. */
static bool could_be_each_others(const struct lines *l, int i, int j)
{
	bool counters = strstr(l->line[i], "     steps") == l->line[i] && strstr(l->line[j], "     steps") == l->line[j];
	bool knows = strstr(l->line[i], "     knows") == l->line[i] && strstr(l->line[j], "     knows") == l->line[j];
	bool childless = l->line[i][l->size[i] - 2] == '-' && l->line[j][l->size[j] - 2] == '-';

	return counters || (knows && childless);
}

static void lines_swapped(void)
{
	struct lines l = sound_lines();

	use_tools();
	for (int i = 0; i < l.n; i++) {
		for (int j = i + 1; j < l.n; j++) {
			if (could_be_each_others(&l, i, j))
				continue;
			swap(&l, i, j);
			reject_lines(&l, "the image with lines %d and %d swapped", i, j);
			swap(&l, i, j);
		}
	}
}

static void lines_removed(void)
{
	use_tools();
	for (int i = 0; i < sound_lines().n; i++) {
		for (int n = 1; i + n <= sound_lines().n; n++) {
			struct lines l = sound_lines();

			memmove(&l.line[i], &l.line[i + n], (l.n - i - n) * sizeof(l.line[0]));
			memmove(&l.size[i], &l.size[i + n], (l.n - i - n) * sizeof(l.size[0]));
			l.n -= n;
			reject_lines(&l, "the image without lines %d to %d", i, i + n - 1);
		}
	}
}

static void lines_doubled(void)
{
	use_tools();
	for (int i = 0; i < sound_lines().n; i++) {
		for (int to = 0; to <= sound_lines().n; to++) {
			struct lines l = sound_lines();
			const char *line = l.line[i];
			int size = l.size[i];

			memmove(&l.line[to + 1], &l.line[to], (l.n - to) * sizeof(l.line[0]));
			memmove(&l.size[to + 1], &l.size[to], (l.n - to) * sizeof(l.size[0]));
			l.line[to] = line;
			l.size[to] = size;
			l.n++;
			reject_lines(&l, "the image with line %d once more before line %d", i, to);
		}
	}
}

/* A tree of so many tasks below the first one. */
static const char *of_tasks(int n)
{
	static char body[16384];
	size_t used = snprintf(body, sizeof(body), VERSION_LINE "tasks %d\n", n);

	for (int i = 0; i < n; i++)
		used += snprintf(body + used, sizeof(body) - used,
				 "task %d parent %d name t%d pids %d,%d group 21000 session 21000\n"
				 "     knows parent %d children -\n"
				 "     steps 1 sent 0 answered 0 heard 0 lost 0 strange 0\n",
				 i, i ? 0 : -1, i, 21000 + i, 1 + i, i ? 1 : 0);
	return sealed(body);
}

static void many_tasks(void)
{
	const char *text;

	use_tools();
	for (int n = 1; n <= APP_TASKS_MAX; n++) {
		text = of_tasks(n);
		accepted(text, strlen(text), "an image of 1..32 tasks");
	}
	expect(said_number(TOOL("restart", "-i", IMAGE_FILE)), 21000, "the first of 32 tasks");
	text = of_tasks(APP_TASKS_MAX + 1);
	rejected(text, strlen(text), "an image of 33 tasks");
	not_restarted(text, strlen(text), "an image of 33 tasks");
	text = of_tasks(0);
	rejected(text, strlen(text), "an image of no task");
	not_restarted(text, strlen(text), "an image of no task");
}

/* The first task alone, at so many levels. */
static const char *of_levels(int levels)
{
	static char body[1024];
	size_t used = snprintf(body, sizeof(body), VERSION_LINE "tasks 1\ntask 0 parent -1 name outer pids ");

	for (int i = 0; i < levels; i++)
		used += snprintf(body + used, sizeof(body) - used, "%s%d", i ? "," : "",
				 i < levels - 1 ? 21000 + i : 1);
	snprintf(body + used, sizeof(body) - used, " group 21000 session 21000\n     knows parent 0 children -\n"
		 "     steps 1 sent 0 answered 0 heard 0 lost 0 strange 0\n");
	return sealed(body);
}

static void many_levels(void)
{
	struct tasks before;
	const char *text;

	use_tools();
	list_tasks(&before);
	for (int levels = 0; levels <= MAX_LEVELS + 7; levels++) {
		text = of_levels(levels);
		if (levels < 2 || levels > MAX_LEVELS)
			rejected(text, strlen(text), "an image of fewer than 2 or more than 33 levels");
		else
			accepted(text, strlen(text), "an image of 2..33 levels");
		if (levels == 2)
			continue;
		/* Out here there are not so many levels above it. */
		complained(TOOL("restart", "-i", IMAGE_FILE), 1, NULL);
		same_tasks(&before, "that");
	}
}

static const struct function_row functions[] = {
	{ "lines swapped", lines_swapped },
	{ "lines removed", lines_removed },
	{ "a line doubled", lines_doubled },
	{ "0, 1..32 and 33 tasks", many_tasks },
	{ "0..40 levels", many_levels },
};

static const struct group unsound_groups[] = {
	ROWS(edit_rows, run_edit),
	FUNCTIONS(functions),
};

SUITE(unsound);
