// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/report.h"
#include "lib/tree.h"
#include "lib/wait.h"
#include "judge.h"

#define REAP_BOUND_MS 3000

/* The tree below the keeper, which is its first task; of each task of the image, where it is in there. */
struct seen {
	struct tree tree;
	const struct image *image;
	int outside;
	int at[MAX_TASKS];
};

/* The pids of a task from a level on, as text. */
static const char *pids_text(const pid_t *pid, int n, char *text, size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	for (int i = 0; i < n && used < size; i++)
		used += snprintf(text + used, size - used, "%s%d", i ? " " : "", pid[i]);
	return text;
}

/* A task of the tree in words: its name in the image, or its own and its pid. */
static const char *task_text(const struct seen *s, int index, char *text, size_t size)
{
	if (index < 1)
		snprintf(text, size, "%s", index ? "a task outside" : "the one that adopts orphans");
	else
		snprintf(text, size, "%s (pid %d)", s->tree.task[index].name, s->tree.task[index].pid[s->outside]);
	return text;
}

static bool find_tasks(struct seen *s, char why[WHY_SIZE])
{
	for (int i = 0; i < s->image->n; i++) {
		const char *name = s->image->task[i].name;

		s->at[i] = tree_by_name(&s->tree, name);
		if (s->at[i] < 1) {
			snprintf(why, WHY_SIZE, "%s: expected a task of this name, the kernel reports none; %d of the "
				 "image's %d tasks are there, or others", name, s->tree.n - 1, s->image->n);
			return false;
		}
		if (strchr("ZX", s->tree.task[s->at[i]].state)) {
			snprintf(why, WHY_SIZE, "%s: expected a living task, the kernel reports that it is dead", name);
			return false;
		}
	}
	return true;
}

static bool same_pids(const struct seen *s, int i, char why[WHY_SIZE])
{
	const struct recorded *t = &s->image->task[i];
	const struct task *task = &s->tree.task[s->at[i]];
	const pid_t *pid = task->pid + s->outside;
	int levels = task->levels - s->outside;
	char wanted[100], got[100];

	if (t->levels == levels && !memcmp(t->pid, pid, levels * sizeof(*pid)))
		return true;
	snprintf(why, WHY_SIZE, "%s: expected the pids %s, the kernel reports %s", t->name,
		 pids_text(t->pid, t->levels, wanted, sizeof(wanted)), pids_text(pid, levels, got, sizeof(got)));
	return false;
}

/* A task has its parent's pid namespace, or its own. */
static bool right_namespace(struct seen *s, int i, char why[WHY_SIZE])
{
	const struct recorded *t = &s->image->task[i];
	struct task *own = &s->tree.task[s->at[i]], *parent = &s->tree.task[t->parent == NONE ? 0 : s->at[t->parent]];
	bool shares = t->levels == (t->parent == NONE ? 1 : s->image->task[t->parent].levels);

	task_read_namespaces(own);
	task_read_namespaces(parent);
	if (shares == (own->ns[NS_PID] == parent->ns[NS_PID]))
		return true;
	snprintf(why, WHY_SIZE, "%s: expected %s pid namespace, the kernel reports %s", t->name,
		 shares ? "its parent's" : "its own", shares ? "another" : "its parent's");
	return false;
}

static bool same_parent(const struct seen *s, int i, char why[WHY_SIZE])
{
	int wanted = s->image->task[i].parent, got = s->tree.task[s->at[i]].parent;
	char text[64];

	if (got == (wanted == NONE ? 0 : s->at[wanted]))
		return true;
	snprintf(why, WHY_SIZE, "%s: expected the parent %s, the kernel reports %s", s->image->task[i].name,
		 wanted == NONE ? "to have ended" : s->image->task[wanted].name, task_text(s, got, text, sizeof(text)));
	return false;
}

/* A leader, of a session or of a group: what is wanted is an index in the image, what the kernel has is a pid. */
static bool same_leader(const struct seen *s, int i, const char *what, int wanted, pid_t got, pid_t keepers,
			char why[WHY_SIZE])
{
	pid_t leader = wanted == NONE ? keepers : s->tree.task[s->at[wanted]].pid[0];
	int found = got == keepers ? -1 : tree_by_pid(&s->tree, got);
	char text[64];

	if (got == leader)
		return true;
	snprintf(why, WHY_SIZE, "%s: expected the %s of %s, the kernel reports that of %s", s->image->task[i].name, what,
		 wanted == NONE ? "restart" : s->image->task[wanted].name,
		 got == keepers ? "restart" : task_text(s, found, text, sizeof(text)));
	return false;
}

static bool same_task(struct seen *s, int i, char why[WHY_SIZE])
{
	const struct recorded *t = &s->image->task[i];
	const struct task *got = &s->tree.task[s->at[i]], *keeper = &s->tree.task[0];

	return same_pids(s, i, why) && right_namespace(s, i, why) && same_parent(s, i, why) &&
	       same_leader(s, i, "session", t->session, got->sid, keeper->sid, why) &&
	       same_leader(s, i, "process group", t->group, got->pgid, keeper->pgid, why);
}

/* Is there a task that the image does not have? */
static bool none_more(const struct seen *s, char why[WHY_SIZE])
{
	char text[64];

	for (int k = 1; k < s->tree.n; k++) {
		int i = 0;

		while (i < s->image->n && s->at[i] != k)
			i++;
		if (i == s->image->n) {
			snprintf(why, WHY_SIZE, "expected the image's %d tasks, the kernel reports one more: %s",
				 s->image->n, task_text(s, k, text, sizeof(text)));
			return false;
		}
	}
	return true;
}

/* False: the keeper is gone, which only the program can have done. */
static bool see(struct seen *s, const struct keeper *k, char why[WHY_SIZE])
{
	*s = (struct seen){ .outside = k->outside };
	if (!tree_read(&s->tree, k->pid, false) && s->tree.n)
		return true;
	snprintf(why, WHY_SIZE, "the program has killed the one that adopts orphans");
	return false;
}

bool judge_tree(const struct keeper *k, const struct image *image, char why[WHY_SIZE])
{
	struct seen s;
	bool right;

	if (!see(&s, k, why))
		return false;
	s.image = image;
	right = find_tasks(&s, why);
	for (int i = 0; right && i < image->n; i++)
		right = same_task(&s, i, why);
	right = right && none_more(&s, why);
	tree_free(&s.tree);
	return right;
}

bool judge_empty(const struct keeper *k, char why[WHY_SIZE])
{
	long deadline = now_ms() + REAP_BOUND_MS;
	char text[64];
	struct seen s;
	int n;

	do {
		if (!see(&s, k, why))
			return false;
		n = s.tree.n;
		if (n > 1)
			snprintf(why, WHY_SIZE, "expected nothing to be left behind, the kernel reports %s",
				 task_text(&s, 1, text, sizeof(text)));
		tree_free(&s.tree);
		if (n > 1)
			sleep_ms(10);
	} while (n > 1 && now_ms() < deadline);
	return n <= 1;
}
