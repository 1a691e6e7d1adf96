// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "logs.h"

static const char *const keys[LOG_KEYS] = { "steps", "sent", "failed", "heard", "wrong" };

/* Take a word like `helper=12'; ignore all others. */
static void take_known(struct log *log, const char *word)
{
	const char *sign = strchr(word, '=');
	struct known *k = &log->known[log->n_known];

	if (!sign || log->n_known == LOG_KNOWN)
		return;
	snprintf(k->name, sizeof(k->name), "%.*s", (int)(sign - word), word);
	k->pid = atoi(sign + 1);
	log->n_known += k->pid > 0;
}

static void parse(struct log *log, char *line)
{
	char *rest = line, *word;

	while ((word = strtok_r(NULL, " \n", &rest))) {
		int k = 0;

		while (k < LOG_KEYS && strcmp(word, keys[k]))
			k++;
		if (k == LOG_KEYS)
			take_known(log, word);
		else if ((word = strtok_r(NULL, " \n", &rest)))
			log->value[k] = atoi(word);
	}
}

int log_read(struct log *log, const char *folder, const char *name)
{
	char path[128], line[256] = "";
	FILE *f;

	*log = (struct log){ .n_known = 0 };
	for (int k = 0; k < LOG_KEYS; k++)
		log->value[k] = -1;
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "re");
	if (!f)
		return -1;
	/* It is being opened for the first time, for instance: then it says nothing. */
	if (!fgets(line, sizeof(line), f))
		*line = 0;
	fclose(f);
	parse(log, line);
	return 0;
}

struct log *logs_read(const char *folder, const struct tree *tree)
{
	struct log *logs = calloc(tree->n, sizeof(*logs));

	for (int i = 0; logs && i < tree->n; i++) {
		if (!log_read(&logs[i], folder, tree->task[i].name))
			continue;
		free(logs);
		return NULL;
	}
	return logs;
}
