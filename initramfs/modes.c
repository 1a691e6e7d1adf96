// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "modes.h"

const char *const tour_program[] = { "/bin/tour", NULL };
const char *const shell_program[] = { "/bin/sh", "-l", NULL };
static const char *const auto_program[] = { "/bin/tour", "auto", NULL };
static const char *const test_program[] = { "/tests/guest-tests", NULL };
static const char *const bench_program[] = { "/tests/guest-bench", NULL };

static const struct mode modes[] = {
	{ "guided", tour_program,  NULL,   0 },
	{ "auto",   auto_program,  "demo", 300 },
	{ "shell",  shell_program, NULL,   0 },
	{ "test",   test_program,  "test", 3600 },
	{ "bench",  bench_program, "bench", 3600 },
};
#define N_MODES ((int)(sizeof(modes) / sizeof(*modes)))

static const struct mode *find(const char *name)
{
	for (int i = 0; i < N_MODES; i++)
		if (!strcmp(modes[i].name, name))
			return &modes[i];
	return NULL;
}

/* Is the word key=value?  Then *value is set. */
static bool is_option(const char *word, const char *key, const char **value)
{
	size_t len = strlen(key);

	if (strncmp(word, key, len) || word[len] != '=')
		return false;
	*value = word + len + 1;
	return true;
}

void read_options(struct options *o)
{
	char line[2048] = "";
	const char *value;
	FILE *f = fopen("/proc/cmdline", "re");

	*o = (struct options){ .mode_name = "guided" };
	if (f) {
		line[fread(line, 1, sizeof(line) - 1, f)] = 0;
		fclose(f);
	}
	for (char *word = strtok(line, " \n"); word; word = strtok(NULL, " \n")) {
		if (is_option(word, "mode", &value))
			snprintf(o->mode_name, sizeof(o->mode_name), "%s", value);
		else if (is_option(word, "demo", &value))
			snprintf(o->demo, sizeof(o->demo), "%s", value);
		else if (is_option(word, "feed", &value))
			snprintf(o->feed, sizeof(o->feed), "/dev/%s", value);
		else if (is_option(word, "keymap", &value))
			snprintf(o->keymap, sizeof(o->keymap), "%s", value);
		else if (is_option(word, "limit", &value))
			o->limit = atoi(value);
	}
	o->mode = find(o->mode_name);
}
