// SPDX-License-Identifier: GPL-2.0
/* The namespaces of a task: tree.h. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <linux/nsfs.h>

#include "tree.h"

void task_read_namespaces(struct task *task)
{
	static const char *const names[NS_KINDS] = {
		"pid", "user", "mnt", "uts", "ipc", "net", "cgroup", "time", "time_for_children", "pid_for_children",
	};
	char path[64];
	struct stat st;

	for (int kind = 0; kind < NS_KINDS; kind++) {
		snprintf(path, sizeof(path), "/proc/%d/ns/%s", task->pid[0], names[kind]);
		task->ns[kind] = stat(path, &st) ? 0 : st.st_ino;
	}
}

static ino_t inode(int fd)
{
	struct stat st;

	return fstat(fd, &st) ? 0 : st.st_ino;
}

int task_pid_namespace(pid_t tid, ino_t *own, ino_t *parent)
{
	char path[40];
	int fd, above;

	snprintf(path, sizeof(path), "/proc/%d/ns/pid", tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	*own = inode(fd);
	*parent = 0;
	above = ioctl(fd, NS_GET_PARENT);
	if (above >= 0) {
		*parent = inode(above);
		close(above);
	}
	close(fd);
	return 0;
}
