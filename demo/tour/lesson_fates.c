// SPDX-License-Identifier: GPL-2.0
/* Where the signals go that the application's programs send: to the pids that they remember, whoever has those now. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lesson.h"
#include "lib/feed.h"

/* The task that has a number in the namespace of `whose'; the namespaces are inside each other.  NULL: nobody. */
static const struct task *holder_of(const struct tree *now, const struct task *whose, pid_t pid)
{
	for (int i = 0; i < now->n; i++)
		if (task_pid_at(&now->task[i], whose->levels - 1) == pid)
			return &now->task[i];
	return NULL;
}

static enum fate fate_of(const struct known *known, const struct task *holder)
{
	if (!holder)
		return FATE_NOBODY;
	return strcmp(known->name, holder->name) ? FATE_STRANGER : FATE_RIGHT;
}

static bool is_parent(const struct known *known)
{
	return !strcmp(known->name, "parent");
}

/* Print those numbers that a task remembers whose fate is this one.  Returns how many. */
static int print_fates_of(const struct lesson *lesson, int index, const struct tree *now, enum fate fate, int max)
{
	int self = tree_match(&lesson->before, index, now), n = 0;

	for (int k = 0; self >= 0 && k < lesson->logs[index].n_known && n < max; k++) {
		const struct known *known = &lesson->logs[index].known[k];
		const struct task *holder = holder_of(now, &now->task[self], known->pid);

		if (is_parent(known) || fate_of(known, holder) != fate)
			continue;
		ui_text("  %s signals %d for %s: that is now %s\n", lesson->before.task[index].name, known->pid, known->name,
			holder ? holder->name : "nobody");
		n++;
	}
	return n;
}

int lesson_print_fates(const struct lesson *lesson, const struct tree *now, int max)
{
	static const enum fate fates[] = { FATE_STRANGER, FATE_NOBODY };
	int n = 0;

	for (int f = 0; f < 2; f++)
		for (int i = 0; i < lesson->before.n; i++)
			n += print_fates_of(lesson, i, now, fates[f], max - n);
	return n;
}

void lesson_count_fates(const struct lesson *lesson, int index, const struct tree *now, int count[FATES])
{
	int self = tree_match(&lesson->before, index, now);

	memset(count, 0, FATES * sizeof(*count));
	for (int k = 0; self >= 0 && k < lesson->logs[index].n_known; k++) {
		const struct known *known = &lesson->logs[index].known[k];

		if (!is_parent(known))
			count[fate_of(known, holder_of(now, &now->task[self], known->pid))]++;
	}
}

/* One signal: outer's and the like are USR1, an answer to the parent is USR2. */
static void report_signal(const struct tree *now, const struct task *from, const struct known *known)
{
	const struct task *to = holder_of(now, from, known->pid);
	const char *meant = is_parent(known) && from->parent >= 0 ? now->task[from->parent].name : known->name;
	FILE *event = feed_begin("signal");

	if (!event)
		return;
	fprintf(event, ",\"signal\":\"%s\",\"from\":%d,\"pid\":%d,\"to\":%d,\"holder\":", is_parent(known) ? "USR2" : "USR1",
		from->pid[0], known->pid, to ? to->pid[0] : 0);
	feed_string(event, to ? to->name : "");
	fputs(",\"meant\":", event);
	feed_string(event, meant);
	feed_end(event);
}

int lesson_report_signals(const struct tree *before, const struct tree *now)
{
	struct log *logs = logs_read(LESSON_LOGS, before);

	if (!logs) {
		ui_failed("read the application's logs: %s", strerror(errno));
		return -1;
	}
	/* The feed has to tell of the screen first. */
	ui_show();
	for (int i = 0; i < before->n; i++) {
		int self = tree_match(before, i, now);

		for (int k = 0; self >= 0 && logs[i].value[LOG_SENT] > 0 && k < logs[i].n_known; k++)
			report_signal(now, &now->task[self], &logs[i].known[k]);
	}
	free(logs);
	return 0;
}
