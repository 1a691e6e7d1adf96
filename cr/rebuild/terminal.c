// SPDX-License-Identifier: GPL-2.0
#include <asm/ioctls.h>
#include <asm/unistd.h>

#include "rebuild.h"

int rebuild_terminal(struct builder *b, int index)
{
	const struct recorded_task *t = &b->image->tasks[index];
	const struct pty *p = t->terminal < 0 ? NULL : &b->image->ptys[t->terminal];
	struct remote *r = &b->remote[index];
	int32_t pgid;
	long fd, ret;

	if (!p || p->session != index || p->foreground < 0 || b->options->pids == PIDS_NONE)
		return 0;
	pgid = b->image->tasks[p->foreground].pgid.nr[t->pid.levels - 1];
	fd = rebuild_get_fd(b, r, b->open.pty_fd[t->terminal]);
	ret = fd < 0 ? REMOTE_FAILED : REMOTE_CALL_WITH(r, __NR_ioctl, 2, &pgid, sizeof(pgid), fd, TIOCSPGRP);
	if (!ret)
		ret = REMOTE_CALL(r, __NR_close, fd);
	return ret ? rebuild_failed(r, "set the foreground group of its terminal", ret) : 0;
}
