// SPDX-License-Identifier: GPL-2.0
/* Tables of what the application's programs say. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lesson.h"
#include "lib/feed.h"
#include "lib/wait.h"

#define RENEW_BOUND_MS 5000
#define RENEW_FILE LESSON_LOGS "/renew"

/* What a task has counted since then; 0 if it does not count that, for which print_cell() prints `-'. */
static int since(const struct log *then, const struct log *now, enum log_key key)
{
	int from = then ? then->value[key] : 0;

	return now->value[key] < 0 ? 0 : now->value[key] - (from < 0 ? 0 : from);
}

static void print_cell(const struct log *log, enum log_key key, int width, int value)
{
	if (log->value[key] < 0)
		ui_text("%*s", width, "-");
	else
		ui_text("%*d", width, value);
}

static void print_row(const struct task *t, const struct log *then, const struct log *now, bool alive)
{
	ui_text("%*s%-*s", 2 * t->depth, "", 18 - 2 * t->depth, t->name);
	print_cell(now, LOG_STEPS, 9, then && then->value[LOG_STEPS] > 0 ? then->value[LOG_STEPS] : 0);
	print_cell(now, LOG_STEPS, 7, now->value[LOG_STEPS]);
	ui_text(" |");
	print_cell(now, LOG_SENT, 7, since(then, now, LOG_SENT));
	print_cell(now, LOG_FAILED, 8, since(then, now, LOG_FAILED));
	print_cell(now, LOG_HEARD, 7, since(then, now, LOG_HEARD));
	print_cell(now, LOG_WRONG, 7, since(then, now, LOG_WRONG));
	ui_text("%s\n", alive ? "" : "  ENDED");
}

static bool is_alive(const struct tree *before, int index, const struct tree *now)
{
	int i = tree_match(before, index, now);

	return i >= 0 && now->task[i].state != 'Z';
}

int lesson_print_logs(const struct tree *before, const struct log *then, const struct tree *now, struct sums *sum)
{
	struct log *logs = logs_read(LESSON_LOGS, before);

	*sum = (struct sums){ 0 };
	if (!logs) {
		ui_failed("read the application's logs: %s", strerror(errno));
		return -1;
	}
	ui_text("%-18s%16s |%s\n", "", "steps    ", then ? "  messages since" : "  messages");
	ui_text("%-18s%9s%7s |%7s%8s%7s%7s\n", "NAME", "recorded", "now", "sent", "FAILED", "heard", "WRONG");
	for (int i = 0; i < before->n; i++) {
		const struct log *t = then ? &then[i] : NULL;
		bool alive = is_alive(before, i, now);

		print_row(&before->task[i], t, &logs[i], alive);
		sum->sent += since(t, &logs[i], LOG_SENT);
		sum->failed += since(t, &logs[i], LOG_FAILED);
		sum->heard += since(t, &logs[i], LOG_HEARD);
		sum->wrong += since(t, &logs[i], LOG_WRONG);
		sum->ended += !alive;
		sum->stalled += logs[i].value[LOG_STEPS] >= 0 && since(t, &logs[i], LOG_STEPS) <= 0;
	}
	ui_text("\n");
	free(logs);
	return 0;
}

int lesson_check_well(const struct sums *sum)
{
	if (!sum->failed && !sum->wrong && !sum->ended && !sum->stalled && sum->heard)
		return 0;
	ui_show();
	ui_failed("the application does not work: %d messages heard, %d failed, %d wrong, %d tasks ended, %d stalled",
		  sum->heard, sum->failed, sum->wrong, sum->ended, sum->stalled);
	return -1;
}

/* Show the first line of a file, as `head' prints it. */
static int show_first_line(const char *path)
{
	char *text;

	if (command_run(true, &text, COMMAND("head", "-n", "1", path)))
		return -1;
	ui_text("    %s", text);
	free(text);
	return 0;
}

/* Wait, bounded, until outer has dealt with its helper; line gets what it says about that. */
static void wait_for_renewal(char *line, size_t size)
{
	long deadline = now_ms() + RENEW_BOUND_MS;
	FILE *f;

	do {
		sleep_ms(20);
		*line = 0;
		f = fopen(RENEW_FILE, "re");
		if (f && !fgets(line, size, f))
			*line = 0;
		if (f)
			fclose(f);
	} while (!strstr(line, "status") && !strstr(line, "failed") && now_ms() < deadline);
	line[strcspn(line, "\n")] = 0;
}

int lesson_renew_helper(pid_t root, bool success)
{
	char pid[16], line[128];

	if (unlink(RENEW_FILE) && errno != ENOENT) {
		ui_failed("remove " RENEW_FILE ": %s", strerror(errno));
		return -1;
	}
	snprintf(pid, sizeof(pid), "%d", root);
	if (command_run(true, NULL, COMMAND("kill", "-HUP", pid)))
		return -1;
	feed_event("signal", ",\"signal\":\"HUP\",\"from\":%d,\"pid\":%d,\"to\":%d,\"holder\":\"outer\",\"meant\":\"outer\"",
		   getpid(), root, root);
	wait_for_renewal(line, sizeof(line));
	/* 7 is what a helper exits with when it is told to end. */
	if (!strstr(line, success ? "status 7;" : "failed")) {
		ui_failed("`outer' was to replace its helper, and says: `%s'", line);
		return -1;
	}
	if (show_first_line(RENEW_FILE))
		return -1;
	return success ? 0 : show_first_line(RENEW_FILE ".error");
}
