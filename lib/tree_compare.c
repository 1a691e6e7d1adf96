// SPDX-License-Identifier: GPL-2.0
/* Compare a tree before and after: which task corresponds to which, and what has stayed the same. */
#include <string.h>

#include "tree.h"

static bool is_twin(const struct task *a, const struct task *b)
{
	return a->parent == b->parent && !strcmp(a->name, b->name);
}

int tree_match(const struct tree *before, int index, const struct tree *after)
{
	const struct task *b = &before->task[index];
	struct task wanted = *b;
	int order = 0;

	if (b->parent < 0)
		return tree_by_name(after, b->name);
	wanted.parent = tree_match(before, b->parent, after);
	if (wanted.parent < 0)
		return -1;
	for (int i = 0; i < index; i++)
		order += is_twin(&before->task[i], b);
	for (int i = 0; i < after->n; i++)
		if (is_twin(&after->task[i], &wanted) && !order--)
			return i;
	return -1;
}

/* Do pid a in before and pid b in after name the same leader of a group or session, or are both outside the trees? */
static bool same_leader(const struct tree *before, pid_t a, const struct tree *after, pid_t b)
{
	int i = a ? tree_by_pid(before, a) : -1, j = b ? tree_by_pid(after, b) : -1;

	return i < 0 ? j < 0 : j >= 0 && tree_match(before, i, after) == j;
}

static bool count_equal(struct comparison *sum, bool equal)
{
	sum->relations_equal += equal;
	return equal;
}

bool task_compare(const struct tree *before, int index, int first_known, const struct tree *after,
		  struct comparison *sum)
{
	const struct task *b = &before->task[index], *a;
	int i = tree_match(before, index, after), shift;
	bool equal = true;

	sum->tasks++;
	sum->pids += b->levels - first_known;
	sum->relations += 2 + (b->parent >= 0);
	if (i < 0)
		return false;
	a = &after->task[i];

	shift = a->levels - b->levels;
	for (int level = first_known; level < b->levels; level++) {
		bool same = shift + level >= 0 && a->pid[shift + level] == b->pid[level];

		sum->pids_equal += same;
		equal &= same;
	}
	sum->relations_equal += b->parent >= 0;		/* or it would not have been found */
	equal &= count_equal(sum, same_leader(before, b->pgid, after, a->pgid));
	equal &= count_equal(sum, same_leader(before, b->sid, after, a->sid));
	sum->tasks_equal += equal;
	return equal;
}

struct comparison tree_compare(const struct tree *before, int first_known, const struct tree *after)
{
	struct comparison sum = { 0 };

	for (int i = 0; i < before->n; i++)
		task_compare(before, i, first_known, after, &sum);
	return sum;
}
