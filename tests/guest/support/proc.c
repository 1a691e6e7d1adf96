// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"
#include "proc.h"

void read_file(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t used = 0;
	ssize_t n;

	if (fd < 0)
		broken("open %s", path);
	while (used < size - 1 && (n = read(fd, buf + used, size - 1 - used)) > 0)
		used += n;
	buf[used] = '\0';
	close(fd);
}

long read_sysctl(const char *path)
{
	char buf[32];

	read_file(path, buf, sizeof(buf));
	return atol(buf);
}

void write_sysctl(const char *path, long value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || dprintf(fd, "%ld\n", value) < 0)
		broken("write %ld to %s", value, path);
	close(fd);
}

void own_nspid(struct nspid *out)
{
	char buf[4096], *p, *end;

	/* Kernels of long ago aside, /proc shows a task of a younger namespace with all of its pids. */
	read_file("/proc/thread-self/status", buf, sizeof(buf));
	p = strstr(buf, "\nNSpid:");
	if (!p)
		fail("no line NSpid in /proc/thread-self/status");
	out->levels = 0;
	for (p += strlen("\nNSpid:"); *p != '\n' && out->levels < MAX_LEVELS; p = end) {
		out->pid[out->levels] = strtol(p, &end, 10);
		if (end == p)
			fail("cannot parse NSpid");
		out->levels++;
	}
}

const char *nspid_text(const struct nspid *n)
{
	static char bufs[2][MAX_LEVELS * 8];
	static unsigned int turn;
	const size_t size = sizeof(bufs[0]);
	char *buf = bufs[turn++ % 2];
	size_t used = 0;

	buf[0] = '\0';
	for (int i = 0; i < n->levels && used < size; i++)
		used += snprintf(buf + used, size - used, "%s%d", i ? " " : "", n->pid[i]);
	return buf;
}

bool kernel_is_slow(void)
{
	return !access("/proc/self/fail-nth", F_OK);
}

long meminfo(const char *key)
{
	char buf[4096], line[32];
	const char *p;

	snprintf(line, sizeof(line), "\n%s:", key);
	read_file("/proc/meminfo", buf, sizeof(buf));
	p = strstr(buf, line);
	if (!p)
		fail("no line %s in /proc/meminfo", key);
	return atol(p + strlen(line));
}

long free_memory(void)
{
	static const char key[] = " count: ";
	char buf[16384];
	long pages = 0;

	read_file("/proc/zoneinfo", buf, sizeof(buf));
	if (!strstr(buf, key))
		fail("no line `count:' in /proc/zoneinfo");
	for (const char *p = buf; (p = strstr(p, key)); p++)
		pages += atol(p + sizeof(key) - 1);
	return meminfo("MemFree") + pages * (getpagesize() / 1024);
}

pid_t first_child(void)
{
	char buf[4096];

	read_file("/proc/thread-self/children", buf, sizeof(buf));
	return atoi(buf);
}

char task_state(pid_t pid)
{
	char path[32], buf[512];
	const char *p;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	read_file(path, buf, sizeof(buf));
	p = strrchr(buf, ')');
	return p ? p[2] : '?';
}
