// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "procfs.h"

#define LINK_SIZE 4200		/* PATH_MAX and " (deleted)" */

void *procfs_bytes(pid_t pid, const char *name, size_t *size)
{
	size_t room = 4096, used = 0;
	char path[64], *buf = NULL;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	for (;;) {
		char *larger = realloc(buf, room + 1);
		ssize_t n;

		if (!larger)
			break;
		buf = larger;
		n = read(fd, buf + used, room - used);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		if (!n) {
			buf[used] = 0;
			*size = used;
			close(fd);
			return buf;
		}
		used += n;
		if (used == room)
			room *= 2;
	}
	free(buf);
	close(fd);
	return NULL;
}

char *procfs_text(pid_t pid, const char *name)
{
	size_t size;

	return procfs_bytes(pid, name, &size);
}

char *procfs_link(pid_t pid, const char *name)
{
	char path[64], target[LINK_SIZE];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		return NULL;
	target[n] = 0;
	return strdup(target);
}

const char *procfs_value(const char *text, const char *key)
{
	size_t len = strlen(key);

	for (const char *line = text; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, key, len) && line[len] == ':')
			return line + len + 1 + strspn(line + len + 1, " \t");
	}
	return NULL;
}

/* Parse PID (NAME) STATE NUMBER NUMBER ...; a name may contain anything, even a parenthesis. */
static bool parse_stat(const char *text, struct procfs_stat *stat)
{
	const char *name = strchr(text, '('), *at = strrchr(text, ')');
	char *end;

	if (!name || !at || at[1] != ' ' || !at[2])
		return false;
	snprintf(stat->name, sizeof(stat->name), "%.*s", (int)(at - name - 1), name + 1);
	stat->state = at[2];
	at += 3;
	for (int i = 4; i < STAT_FIELDS; i++, at = end) {
		stat->field[i] = strtoul(at, &end, 10);
		if (end == at)
			return false;
	}
	return true;
}

int procfs_stat(pid_t pid, struct procfs_stat *stat)
{
	char *text = procfs_text(pid, "stat");
	bool parsed = text && parse_stat(text, stat);

	if (text && !parsed)
		errno = EPROTO;
	free(text);
	return parsed ? 0 : -1;
}
