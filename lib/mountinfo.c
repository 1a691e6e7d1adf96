// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

#include "mountinfo.h"
#include "procfs.h"

/* Mountinfo escapes blanks and the like as \040. */
static void unescape(char *s)
{
	char *to = s;

	while (*s) {
		if (*s == '\\' && s[1] && s[2] && s[3]) {
			*to++ = (s[1] & 3) << 6 | (s[2] & 7) << 3 | (s[3] & 7);
			s += 4;
		} else {
			*to++ = *s++;
		}
	}
	*to = '\0';
}

/* 36 35 98:0 /root /point rw,noatime shared:1 master:2 - ext3 /dev/sda rw,errors=continue: proc_pid_mountinfo(5) */
static int parse(struct mount_line *l, char *text)
{
	char *id = strsep(&text, " "), *parent = strsep(&text, " "), *dash;

	*l = (struct mount_line){
		.device = strsep(&text, " "), .root = strsep(&text, " "), .point = strsep(&text, " "),
		.options = strsep(&text, " "), .propagation = text,
	};
	dash = !text ? NULL : !strncmp(text, "- ", 2) ? text : strstr(text, " - ");
	if (!dash)
		return -1;
	text = dash + strcspn(dash, "-") + 2;
	*dash = '\0';
	l->id = atoi(id);
	l->parent = atoi(parent);
	l->type = strsep(&text, " ");
	l->source = strsep(&text, " ");
	l->super = text;
	unescape(l->root);
	unescape(l->point);
	return text ? 0 : -1;
}

static int by_point(const void *a, const void *b)
{
	const struct mount_line *x = a, *y = b;
	int order = strcmp(x->point, y->point);

	return order ? order : x->order - y->order;
}

int mountinfo_read(struct mount_table *t, pid_t pid)
{
	char *rest, *text;
	int room = 1;

	*t = (struct mount_table){ .text = procfs_text(pid, "mountinfo") };
	if (!t->text)
		return -1;
	for (const char *p = t->text; *p; p++)
		room += *p == '\n';
	t->line = calloc(room, sizeof(*t->line));
	rest = t->text;
	while (t->line && (text = strsep(&rest, "\n")) && *text) {
		if (parse(&t->line[t->n], text)) {
			mountinfo_free(t);
			errno = EPROTO;
			return -1;
		}
		t->line[t->n].order = t->n;
		t->n++;
	}
	if (!t->line) {
		mountinfo_free(t);
		errno = ENOMEM;
		return -1;
	}
	qsort(t->line, t->n, sizeof(*t->line), by_point);
	return 0;
}

void mountinfo_free(struct mount_table *t)
{
	free(t->text);
	free(t->line);
	*t = (struct mount_table){ 0 };
}

int mountinfo_top(const struct mount_table *t, const char *point)
{
	int found = -1;

	for (int i = 0; i < t->n; i++)
		if (!strcmp(t->line[i].point, point))
			found = i;
	return found;
}

int mountinfo_by_id(const struct mount_table *t, int id)
{
	int i = t->n - 1;

	while (i >= 0 && t->line[i].id != id)
		i--;
	return i;
}

int mountinfo_rank(const struct mount_table *t, int index)
{
	int first = index;

	while (first > 0 && !strcmp(t->line[first - 1].point, t->line[index].point))
		first--;
	return index - first;
}

int mountinfo_flags(const char *options, uint32_t *flags)
{
	static const struct { const char *name; uint32_t flag; } known[] = {
		{ "rw", 0 }, { "ro", MS_RDONLY }, { "nosuid", MS_NOSUID }, { "nodev", MS_NODEV }, { "noexec", MS_NOEXEC },
		{ "noatime", MS_NOATIME }, { "nodiratime", MS_NODIRATIME }, { "relatime", MS_RELATIME },
		{ "nosymfollow", MS_NOSYMFOLLOW },
	};

	*flags = 0;
	while (*options) {
		size_t length = strcspn(options, ","), i = 0;

		while (i < sizeof(known) / sizeof(*known) &&
		       (strlen(known[i].name) != length || strncmp(known[i].name, options, length)))
			i++;
		if (i == sizeof(known) / sizeof(*known))
			return -1;
		*flags |= known[i].flag;
		options += length + (options[length] == ',');
	}
	return 0;
}
