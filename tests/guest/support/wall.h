/* SPDX-License-Identifier: GPL-2.0 */
/* For subjects that look at the container around them: see roundtrip.h. */
#ifndef WALL_H
#define WALL_H

#include <stdbool.h>
#include <sys/types.h>

/* Enter a new mount namespace with a /proc in which the subject is pid 1, as in a container. */
void contain(void);

/* openat() with O_CLOEXEC and mode 0600; wrong() if it fails. */
int opened(int directory, const char *path, int flags);

/* The id of the mount through which a descriptor was opened; does a process have this mount? */
int mount_of(int fd);
bool has_mount(pid_t pid, int mount);

#define OURS(fd) MUST(has_mount(getpid(), mount_of(fd)))

#endif
