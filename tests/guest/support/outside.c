// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "lib/procfs.h"
#include "outside.h"
#include "lib/tree.h"

#define FDS 64

/* Lines of /proc/PID/status that stay; the pids are compared elsewhere. */
static const char *const kept[] = {
	"Name", "Umask", "Uid", "Gid", "Groups", "SigPnd", "ShdPnd", "SigBlk", "SigIgn", "SigCgt", "CapInh", "CapPrm",
	"CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp", "Threads",
};

static void add_status(FILE *f, pid_t pid)
{
	char *text = procfs_text(pid, "status");

	if (!text)
		broken("read the status of pid %d", pid);
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++) {
		const char *value = procfs_value(text, kept[i]);

		fprintf(f, "%s: %.*s\n", kept[i], value ? (int)strcspn(value, "\n") : 0, value ? value : "");
	}
	free(text);
}

static void add_file(FILE *f, pid_t pid, const char *name)
{
	char *text = procfs_text(pid, name);

	if (!text)
		broken("read %s of pid %d", name, pid);
	fprintf(f, "%s:\n%s", name, text);
	free(text);
}

static void add_link(FILE *f, pid_t pid, const char *name)
{
	char *target = procfs_link(pid, name);

	if (!target)
		broken("read %s of pid %d", name, pid);
	if (!strncmp(target, "pipe:", 5))
		target[5] = '\0';
	if (strstr(target, " (deleted)"))
		strcpy(target, "(deleted)");
	fprintf(f, "%s -> %s\n", name, target);
	free(target);
}

static void add_descriptors(FILE *f, pid_t pid)
{
	for (int fd = 0; fd < FDS; fd++) {
		char name[32], *info, *target;
		const char *pos, *flags;

		snprintf(name, sizeof(name), "fd/%d", fd);
		target = procfs_link(pid, name);
		if (!target)
			continue;
		free(target);
		add_link(f, pid, name);
		snprintf(name, sizeof(name), "fdinfo/%d", fd);
		info = procfs_text(pid, name);
		pos = info ? procfs_value(info, "pos") : NULL;
		flags = info ? procfs_value(info, "flags") : NULL;
		if (!pos || !flags)
			broken("read %s of pid %d", name, pid);
		fprintf(f, "%s: at %lld, flags %lo\n", name, atoll(pos), strtoul(flags, NULL, 8));
		free(info);
	}
}

char *seen_from_outside(pid_t root)
{
	struct tree tree;
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f || tree_read(&tree, root, true))
		broken("read the tree below pid %d", root);
	for (int i = 0; i < tree.n; i++) {
		pid_t pid = tree.task[i].pid[0];

		add_status(f, pid);
		if (tree.task[i].state == 'Z')
			continue;
		add_file(f, pid, "limits");
		add_file(f, pid, "oom_score_adj");
		add_file(f, pid, "personality");
		add_link(f, pid, "cwd");
		add_link(f, pid, "root");
		add_link(f, pid, "exe");
		add_descriptors(f, pid);
	}
	tree_free(&tree);
	fclose(f);
	return text;
}

void seen_the_same(char *before, char *now)
{
	char *a = before, *b = now;

	while (a && b) {
		char *was = strsep(&a, "\n"), *is = strsep(&b, "\n");

		if (strcmp(was, is))
			fail("/proc had `%s' and has `%s'", was, is);
	}
	if (a || b)
		fail("/proc has %s than before", a ? "less" : "more");
	free(before);
	free(now);
}
