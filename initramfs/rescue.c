// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>

#include "lib/report.h"
#include "rescue.h"

/*
 * A shell that a fork bomb creates costs 90 KiB: its stack, heap and page tables, and what the kernel keeps of it.
 * Twice that for each task leaves half of the memory free.
 */
#define KIB_PER_TASK 180

/* The tour needs some 80 tasks, the kernel's own included, however little memory there is. */
#define TASKS_AT_LEAST 128

static void write_number(const char *path, long value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	char text[24];

	snprintf(text, sizeof(text), "%ld", value);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		report(errno, "write %ld to %s", value, path);
	if (fd >= 0)
		close(fd);
}

static void set_rank(int oom_score_adj, int nice)
{
	write_number("/proc/self/oom_score_adj", oom_score_adj);
	if (setpriority(PRIO_PROCESS, 0, nice))
		report(errno, "set the priority");
}

void rescue_protect(void)
{
	set_rank(-1000, -20);
}

void rescue_unprotect(void)
{
	set_rank(0, 0);
}

void rescue_limit_tasks(void)
{
	const char *path = "/proc/sys/kernel/threads-max";
	struct sysinfo info;
	FILE *f = fopen(path, "re");
	long now = 0, limit;

	if (!f || fscanf(f, "%ld", &now) != 1 || sysinfo(&info)) {
		report(errno, "read %s", path);
	} else {
		limit = (unsigned long long)info.totalram * info.mem_unit / 1024 / KIB_PER_TASK;
		if (limit < TASKS_AT_LEAST)
			limit = TASKS_AT_LEAST;
		if (limit < now)
			write_number(path, limit);
	}
	if (f)
		fclose(f);
}

static bool is_kept(pid_t pid, const pid_t *keep, int n)
{
	for (int i = 0; i < n; i++)
		if (keep[i] == pid)
			return true;
	return pid == getpid();
}

/*
 * Stop all at once first, so that none can fork before it is killed: kill(-1) holds the lock under which a child
 * becomes visible, and a fork in progress is restarted after its signal.  Kernel threads ignore signals.
 */
void rescue_end_others(const pid_t *keep, int n)
{
	struct dirent *d;
	DIR *dir = opendir("/proc");

	if (!dir) {
		report(errno, "open /proc");
		return;
	}
	kill(-1, SIGSTOP);
	while ((d = readdir(dir))) {
		pid_t pid = atoi(d->d_name);

		if (pid > 0 && !is_kept(pid, keep, n))
			kill(pid, SIGKILL);
	}
	closedir(dir);
	for (int i = 0; i < n; i++)
		kill(keep[i], SIGCONT);
}
