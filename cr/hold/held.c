// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "held.h"

void held_free(struct held_tree *tree)
{
	for (int i = 0; i < tree->n; i++)
		held_forget_texts(&tree->held[i]);
	free(tree->held);
	*tree = (struct held_tree){ 0 };
}

struct held *held_by_pid(const struct held_tree *tree, pid_t pid)
{
	for (int i = 0; i < tree->n; i++)
		if (tree->held[i].task.pid[0] == pid)
			return &tree->held[i];
	return NULL;
}

const char *held_status(struct held *h)
{
	if (!h->status)
		h->status = procfs_text(h->task.pid[0], "status");
	return h->status;
}

const struct procfs_stat *held_stat(struct held *h)
{
	if (!h->stat && (h->stat = malloc(sizeof(*h->stat))) && procfs_stat(h->task.pid[0], h->stat)) {
		free(h->stat);
		h->stat = NULL;
	}
	return h->stat;
}

void held_forget_texts(struct held *h)
{
	free(h->status);
	free(h->stat);
	h->status = NULL;
	h->stat = NULL;
}
