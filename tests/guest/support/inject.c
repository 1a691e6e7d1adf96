// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mount.h>

#include "harness.h"
#include "inject.h"
#include "proc.h"

#define FAIL_NTH "/proc/thread-self/fail-nth"

/* Counted down by one for each fault; that it becomes 0 does not stop those of fail-nth. */
#define TIMES 1000000

const char *const fault_names[FAULT_KINDS] = { "failslab", "fail_page_alloc", "fail_usercopy" };

/*
 * By default no fault is injected where the kernel would wait for memory, nor into single pages.  Pages for user space
 * (ignore-gfp-highmem) stay as they are: clone() allocates none, and the test itself may fault some in.
 */
static const struct {
	enum fault kind;
	const char *name;
	const char *value;
} settings[] = {
	{ FAULT_SLAB, "ignore-gfp-wait", "N" },
	{ FAULT_SLAB, "cache-filter", "N" },
	{ FAULT_SLAB, "probability", "0" },
	{ FAULT_SLAB, "verbose", "0" },
	{ FAULT_PAGE, "ignore-gfp-wait", "N" },
	{ FAULT_PAGE, "min-order", "0" },
	{ FAULT_PAGE, "probability", "0" },
	{ FAULT_PAGE, "verbose", "0" },
	{ FAULT_USERCOPY, "probability", "0" },
	{ FAULT_USERCOPY, "verbose", "0" },
};

static int fail_nth = -1;
static long times_before[FAULT_KINDS];

void mount_debugfs(void)
{
	if (mount("debugfs", DEBUGFS, "debugfs", 0, NULL) < 0 && errno != EBUSY)
		broken("mount debugfs on %s", DEBUGFS);
}

static void set(enum fault kind, const char *name, const char *value)
{
	char path[80], now[16];
	int fd;

	snprintf(path, sizeof(path), DEBUGFS "/%s/%s", fault_names[kind], name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		broken("write %s to %s", value, path);
	close(fd);
	read_file(path, now, sizeof(now));
	now[strcspn(now, "\n")] = '\0';
	if (strcmp(now, value))
		fail("%s: expected %s, which was written to it, saw %s", path, value, now);
}

void inject_prepare(void)
{
	char number[16];

	mount_debugfs();
	for (size_t i = 0; i < ARRAY_SIZE(settings); i++)
		set(settings[i].kind, settings[i].name, settings[i].value);
	snprintf(number, sizeof(number), "%d", TIMES);
	for (int kind = 0; kind < FAULT_KINDS; kind++)
		set(kind, "times", number);
	fail_nth = open(FAIL_NTH, O_RDWR | O_CLOEXEC);
	if (fail_nth < 0)
		broken("open %s", FAIL_NTH);
}

static long read_times(int kind)
{
	char path[80];

	snprintf(path, sizeof(path), DEBUGFS "/%s/times", fault_names[kind]);
	return read_sysctl(path);
}

void inject(unsigned int n)
{
	char number[16];
	int length = snprintf(number, sizeof(number), "%u", n);

	for (int kind = 0; kind < FAULT_KINDS; kind++)
		times_before[kind] = read_times(kind);
	if (pwrite(fail_nth, number, length, 0) != length)
		broken("write %u to %s", n, FAIL_NTH);
}

/*
 * What is left of n; 0: the fault was injected.  To read it is a copy to user space, and to write 0 is one from there:
 * if few are left, these fail, which is as good.
 */
static unsigned int stop(void)
{
	char number[16] = "";
	unsigned int left;
	ssize_t n = pread(fail_nth, number, sizeof(number) - 1, 0);

	if (n < 0 && errno != EFAULT)
		broken("read %s", FAIL_NTH);
	left = n < 0 ? 1 : strtoul(number, NULL, 10);
	while ((n = pwrite(fail_nth, "0", 1, 0)) < 0 && errno == EFAULT)
		;
	if (n != 1)
		broken("write 0 to %s", FAIL_NTH);
	return left;
}

enum fault injected(void)
{
	enum fault found = NO_FAULT;

	if (stop())
		return NO_FAULT;
	for (int kind = 0; kind < FAULT_KINDS; kind++) {
		long fewer = times_before[kind] - read_times(kind);

		if (!fewer)
			continue;
		if (fewer != 1 || found != NO_FAULT)
			fail("more than the one fault that was asked for: %s/times fell by %ld", fault_names[kind],
			     fewer);
		found = kind;
	}
	if (found == NO_FAULT)
		fail("%s fell to 0, and none of the kinds was injected", FAIL_NTH);
	return found;
}
