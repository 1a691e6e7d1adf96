// SPDX-License-Identifier: GPL-2.0
/* What all parts of a restart report and do in the same way. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <asm/unistd.h>

#include "lib/procfs.h"
#include "lib/report.h"
#include "rebuild.h"

int rebuild_failed(const struct remote *r, const char *what, long ret)
{
	int error = ret == REMOTE_FAILED ? errno : -ret;
	char *name = procfs_text(r->tid, "comm");

	if (name)
		name[strcspn(name, "\n")] = '\0';
	report(error, "task `%s' (pid %d): %s", name ? name : "?", r->tid, what);
	free(name);
	return -1;
}

int rebuild_get_fd(struct builder *b, struct remote *r, int fd)
{
	long got = REMOTE_CALL(r, __NR_pidfd_getfd, b->creation.pidfd, fd, 0);

	if (got >= 0)
		return got;
	if (got != REMOTE_FAILED)
		errno = -got;
	return -1;
}
