// SPDX-License-Identifier: GPL-2.0
/*
 * pidtable: the form of the table, on which scripts rely, and its contents, which must be what the kernel reports.
 *
 * The tree in the table, with its pids at each level:
 *
 *	case                  a
 *	`- outer              b
 *	   `- init            c 1
 *	      `- init         d 2 1
 *	         `- init      e 3 2 1
 */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/prctl.h>

#include "lib/tree.h"
#include "nest.h"
#include "thread.h"
#include "tool.h"

#define T 21001
#define NAME "a b"	/* a task's name can hold anything */
#define SHOWN "a_b"

#define MAX_CELLS (MAX_LEVELS + 10)

struct line {
	int indent, cells;
	char *cell[MAX_CELLS];
};

static struct line split(char *text)
{
	struct line l = { .indent = strspn(text, " ") };

	for (char *p = strtok(text, " "); p && l.cells < MAX_CELLS; p = strtok(NULL, " "))
		l.cell[l.cells++] = p;
	return l;
}

struct table {
	char text[8192];
	const char *title;
	int levels, rows;
	struct line head, row[128];
};

/* Title, header, rows, an empty line, the end. */
static void parse(struct table *t, const char *out)
{
	char *next = t->text, *line;

	snprintf(t->text, sizeof(t->text), "%s", out);
	t->rows = t->levels = 0;
	t->title = strsep(&next, "\n");
	line = strsep(&next, "\n");
	if (strncmp(t->title, "pid table: ", 11) || !t->title[11] || !line)
		fail("the title is `%s'", t->title);
	t->head = split(line);
	if (!t->head.cells || t->head.indent || strcmp(t->head.cell[0], "NAME"))
		fail("the header does not begin with NAME");
	for (int c = 1; c < t->head.cells; c++) {
		char level[8];

		snprintf(level, sizeof(level), "L%d", t->levels);
		if (strcmp(t->head.cell[c], level))
			break;
		t->levels++;
	}
	while ((line = strsep(&next, "\n")) && *line) {
		if (t->rows == ARRAY_SIZE(t->row))
			fail("more rows than tasks");
		t->row[t->rows] = split(line);
		expect(t->row[t->rows].cells, t->head.cells, "cells of row %d", t->rows);
		t->rows++;
	}
	if (!line || !next || *next)
		fail("the table does not end with one empty line");
}

/* The text behind a key in /proc/PID/status. */
static const char *status_line(const char *pid, const char *key)
{
	static char buf[4096];
	char path[40], line[32], *p;

	snprintf(path, sizeof(path), "/proc/%s/status", pid);
	snprintf(line, sizeof(line), "\n%s:", key);
	read_file(path, buf, sizeof(buf));
	p = strstr(buf, line);
	if (!p)
		fail("no line %s in %s", key, path);
	p += strlen(line);
	p[strcspn(p, "\n")] = '\0';
	return p + strspn(p, "\t ");
}

/* A row's pids are those in NSpid, then `-'. */
static void check_pids(const struct table *t, const struct line *row)
{
	char want[512];
	char *next = want;

	snprintf(want, sizeof(want), "%s", status_line(row->cell[1], "NSpid"));
	for (int level = 0; level < t->levels; level++) {
		const char *pid = next ? strsep(&next, "\t") : "-";

		if (strcmp(row->cell[1 + level], pid))
			fail("pid %s at level %d: the kernel says %s, the table %s", row->cell[1], level, pid,
			     row->cell[1 + level]);
	}
	if (next)
		fail("pid %s has more levels than the table", row->cell[1]);
}

static const struct line *find(const struct table *t, const char *pid)
{
	for (int i = 0; i < t->rows; i++)
		if (!strcmp(t->row[i].cell[1], pid))
			return &t->row[i];
	return NULL;
}

static struct container nested(void)
{
	if (prctl(PR_SET_NAME, NAME) < 0)
		broken("prctl");
	use_tools();
	return container(3);
}

static struct table table;

/* The tree below the case: four tasks, each a step further in and a level deeper, but the first two. */
static void tree(void)
{
	struct container c = nested();

	parse(&table, succeeded(TOOL("pidtable", "-c", "none", number(c.outer.pid)))->out);
	expect(table.levels, 4, "levels");
	expect(table.head.cells, 5, "columns");
	expect(table.rows, 4, "rows");
	for (int i = 0; i < 4; i++) {
		const struct line *row = &table.row[i];

		if (strcmp(row->cell[0], SHOWN))
			fail("row %d is called `%s', not `%s'", i, row->cell[0], SHOWN);
		expect(row->indent, 2 * i, "the indent of row %d", i);
		expect(atoi(row->cell[1]), i ? atoi(row->cell[1]) : c.outer.pid, "the first pid");
		if (i && strcmp(status_line(row->cell[1], "PPid"), table.row[i - 1].cell[1]))
			fail("row %d is not a child of row %d", i, i - 1);
		check_pids(&table, row);
	}
	expect(atoi(table.row[3].cell[1]), c.init.pid[0], "the youngest init's pid");
	release(&c.outer);
}

/* From a task in the middle there are fewer tasks; levels are counted from /proc's namespace all the same. */
static void subtree(void)
{
	struct container c = nested();

	parse(&table, succeeded(TOOL("pidtable", "-c", "none", number(c.init.pid[0])))->out);
	expect(table.rows, 1, "rows");
	expect(table.levels, 4, "levels");
	expect(table.row[0].indent, 0, "the indent");
	check_pids(&table, &table.row[0]);
	release(&c.outer);
}

/* With a /proc of a younger namespace, that one is the oldest. */
static void seen_from_inside(void)
{
	use_tools();
	parse(&table, succeeded(TOOL("cwp", "-n", "cwp", "-n", "pidtable", "-c", "none"))->out);
	expect(table.levels, 1, "levels");
	expect(table.rows, 1, "rows");
	expect(atoi(table.row[0].cell[1]), 1, "its own pid");
	parse(&table, succeeded(TOOL("cwp", "-n", "sh", "-c", "unshare -pf pidtable -c none; true"))->out);
	expect(table.levels, 2, "levels");
	expect(atoi(table.row[table.rows - 1].cell[2]), 1, "its own pid");
}

/* All tasks that there are, and but for pidtable itself no other. */
static void everybody(void)
{
	struct container c = nested();
	struct tasks before;
	int others = 0;

	list_tasks(&before);
	parse(&table, succeeded(TOOL("pidtable", "-uc", "none"))->out);
	for (int i = 0; i < before.n; i++) {
		const struct line *row = find(&table, number(before.pid[i]));

		if (!row)
			fail("there is no row for pid %d", before.pid[i]);
		check_pids(&table, row);
	}
	for (int i = 0; i < table.rows; i++)
		others += !strcmp(table.row[i].cell[0], "pidtable");
	expect(others, 1, "rows called pidtable");
	expect(table.rows, before.n + 1, "rows");
	release(&c.outer);
}

static void kernel_threads(void)
{
	use_tools();
	parse(&table, succeeded(TOOL("pidtable", "-c", "none"))->out);
	if (!find(&table, "2") || strcmp(find(&table, "2")->cell[0], "kthreadd"))
		fail("pid 2 is not kthreadd");
	parse(&table, succeeded(TOOL("pidtable", "--user", "-c", "none"))->out);
	if (find(&table, "2") || !find(&table, "1"))
		fail("--user does not leave just the kernel's threads out");
}

static struct thread thread;

static int until_released(void *arg)
{
	char c;

	return read(*(int *)arg, &c, 1) == 1 ? 0 : 1;
}

static void threads(void)
{
	const struct line *row;
	char tid[16];
	int pipefd[2];

	use_tools();
	if (pipe(pipefd) < 0)
		broken("pipe");
	snprintf(tid, sizeof(tid), "%d", T);
	expect_errno(thread_start(&thread, 0, NULL, LIST(T), until_released, &pipefd[0]), 0, "a thread");
	parse(&table, succeeded(TOOL("pidtable", "-c", "none"))->out);
	if (find(&table, tid))
		fail("a thread has a row without -t");
	parse(&table, succeeded(TOOL("pidtable", "-t", "-c", "ppid", number(getpid())))->out);
	row = find(&table, tid);
	if (!row)
		fail("a thread has no row with -t");
	expect(row->indent, 2, "the indent of the thread's row");
	check_pids(&table, row);
	if (write(pipefd[1], "", 1) != 1)
		broken("write");
	thread_join(&thread);
}

/* The heads that stand behind the pids for a list of columns. */
struct columns_row {
	const char *name;
	const char *list;	/* NULL: the option is not given */
	const char *heads;
};

static const struct columns_row columns_rows[] = {
	{ "columns: the default", NULL, "S PPID PGID SID PIDNS" },
	{ "columns: none", "none", "" },
	{ "columns: an empty list", "", "" },
	{ "columns: one", "sid", "SID" },
	{ "columns: the order is the table's own", "pidns,ppid", "PPID PIDNS" },
	{ "columns: one twice", "ppid,ppid", "PPID" },
	{ "columns: all", "all", "S PPID PGID SID PIDNS USERNS MNTNS UTSNS IPCNS" },
};

static void check_namespace(const char *head, const char *pid, const char *cell)
{
	static const char *const kinds[] = { "pid", "user", "mnt", "uts", "ipc" };
	char path[40], link[64] = "", want[64], upper[8];

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		for (size_t c = 0; c <= strlen(kinds[i]); c++)
			upper[c] = kinds[i][c] & ~0x20;
		if (strncmp(head, upper, strlen(upper)))
			continue;
		snprintf(path, sizeof(path), "/proc/%s/ns/%s", pid, kinds[i]);
		snprintf(want, sizeof(want), "%s:[%s]", kinds[i], cell);
		if (readlink(path, link, sizeof(link) - 1) < 0 || strcmp(link, want))
			fail("%s of pid %s: the kernel says %s, the table %s", head, pid, link, cell);
		return;
	}
	fail("the column %s is not known to this test", head);
}

static void check_cell(const char *head, const char *pid, const char *cell)
{
	char want[32];

	if (strstr(head, "NS")) {
		check_namespace(head, pid, cell);
		return;
	}
	if (!strcmp(head, "S"))
		snprintf(want, sizeof(want), "%c", *status_line(pid, "State"));
	else if (!strcmp(head, "PPID"))
		snprintf(want, sizeof(want), "%s", status_line(pid, "PPid"));
	else if (!strcmp(head, "PGID"))
		snprintf(want, sizeof(want), "%d", getpgid(atoi(pid)));
	else if (!strcmp(head, "SID"))
		snprintf(want, sizeof(want), "%d", getsid(atoi(pid)));
	else
		fail("the column %s is not known to this test", head);
	if (strcmp(cell, want))
		fail("%s of pid %s: the kernel says %s, the table %s", head, pid, want, cell);
}

/* Until all tasks of a container wait for its end: the youngest says that it is there, and then goes to sleep. */
static void await_sleep(pid_t root)
{
	int awake;

	do {
		struct tree tree;

		if (tree_read(&tree, root, false))
			broken("tree_read");
		awake = 0;
		for (int i = 0; i < tree.n; i++)
			awake += tree.task[i].state != 'S';
		tree_free(&tree);
		if (awake)
			sched_yield();
	} while (awake);
}

static void run_columns(const void *arg)
{
	const struct columns_row *r = arg;
	struct container c = nested();
	const char *pid = number(c.outer.pid);
	char heads[128] = "";
	size_t used = 0;

	await_sleep(c.outer.pid);
	parse(&table, succeeded(r->list ? TOOL("pidtable", "-c", r->list, pid) : TOOL("pidtable", pid))->out);
	for (int i = 1 + table.levels; i < table.head.cells; i++)
		used += snprintf(heads + used, sizeof(heads) - used, "%s%s", used ? " " : "", table.head.cell[i]);
	if (strcmp(heads, r->heads))
		fail("expected the columns `%s', saw `%s'", r->heads, heads);
	expect(table.rows, 4, "rows");
	for (int row = 0; row < table.rows; row++)
		for (int i = 1 + table.levels; i < table.head.cells; i++)
			check_cell(table.head.cell[i], table.row[row].cell[1], table.row[row].cell[i]);
	release(&c.outer);
}

static void no_such_task(void)
{
	use_tools();
	complained(TOOL("pidtable", number(T)), 1, number(T));
	complained(TOOL("pidtable", "2147483647"), 1, "2147483647");
}

static void no_proc(void)
{
	use_tools();
	complained(TOOL("cwp", "-m", "sh", "-c", "umount -l /proc; exec pidtable"), 1, "/proc");
}

/* It is mounted still, and empty. */
static void ended_proc(void)
{
	use_tools();
	complained(TOOL("unshare", "-m", "sh", "-c", "unshare -pf mount -t proc proc /proc; exec pidtable"), 1,
		   "belongs to a pid namespace that has ended");
}

/* Six levels: the rows fit the screen, and what was asked for is shown all the same. */
static void many_levels(void)
{
	struct running c;
	char line[16];

	use_tools();
	c = START("cwp", "-n", "cwp", "-n", "cwp", "-n", "cwp", "-n", "cwp", "-n", "cat");
	if (write(c.in, "here\n", 5) != 5)
		broken("write to the command");
	read_line(&c, line, sizeof(line));
	parse(&table, succeeded(TOOL("pidtable", number(c.pid)))->out);
	expect(table.levels, 6, "levels");
	expect(table.head.cells, 1 + 6 + 4, "columns");
	for (const char *p = TOOL("pidtable", number(c.pid))->out; *p; p += strcspn(p, "\n") + 1)
		if (strcspn(p, "\n") > 80)
			fail("a line is wider than the screen: `%.100s'", p);
	parse(&table, succeeded(TOOL("pidtable", "-c", "pidns", number(c.pid)))->out);
	expect(table.head.cells, 1 + 6 + 1, "columns with -c pidns");
	expect(finish_tool(&c), 0, "the exit status");
}

/* A zombie still has its pids. */
static void zombie(void)
{
	int release_pipe[2], tell_pipe[2];
	struct held parent;
	pid_t pid;

	use_tools();
	if (pipe(release_pipe) < 0 || pipe(tell_pipe) < 0)
		broken("pipe");
	parent = (struct held){ plain_clone(0), release_pipe[1] };
	if (!parent.pid) {
		pid = plain_clone(0);
		if (!pid)
			_exit(0);
		if (write(tell_pipe[1], &pid, sizeof(pid)) != sizeof(pid))
			broken("tell the pid");
		wait_for_release(release_pipe);
	}
	if (read(tell_pipe[0], &pid, sizeof(pid)) != sizeof(pid))
		fail("the zombie's parent said nothing");
	while (task_state(pid) != 'Z')
		sched_yield();
	parse(&table, succeeded(TOOL("pidtable", "-c", "state", number(parent.pid)))->out);
	expect(table.rows, 2, "rows");
	expect(atoi(table.row[1].cell[1]), pid, "the zombie's pid");
	expect(*table.row[1].cell[2], 'Z', "the zombie's state");
	release(&parent);
}

static const struct function_row functions[] = {
	{ "a tree of four levels", tree },
	{ "a tree in the middle of another", subtree },
	{ "levels are counted from /proc's namespace", seen_from_inside },
	{ "all tasks", everybody },
	{ "--user", kernel_threads },
	{ "--threads", threads },
	{ "no such task", no_such_task },
	{ "no /proc", no_proc },
	{ "a /proc that has ended", ended_proc },
	{ "many levels", many_levels },
	{ "a zombie", zombie },
};

static const struct group pidtable_groups[] = {
	FUNCTIONS(functions),
	ROWS(columns_rows, run_columns),
};

SUITE(pidtable);
