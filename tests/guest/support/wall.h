/* SPDX-License-Identifier: GPL-2.0 */
/* For subjects that look at the container around them: see roundtrip.h. */
#ifndef WALL_H
#define WALL_H

#include <stdbool.h>
#include <sys/types.h>

/* A mount namespace of its own, with a /proc on which the subject is 1, as a container has it. */
void contain(void);

/* openat(), closed by exec, with mode 0600; that it fails is wrong(). */
int opened(int directory, const char *path, int flags);

/* The number of the mount by which a descriptor was opened; and is that one of those that a process has? */
int mount_of(int fd);
bool has_mount(pid_t pid, int mount);

#define OURS(fd) MUST(has_mount(getpid(), mount_of(fd)))

#endif
