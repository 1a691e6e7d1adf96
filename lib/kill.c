// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include "kill.h"
#include "report.h"
#include "wait.h"

#define KILL_BOUND_MS 10000

int wait_until_reaped(pid_t pid, int bound_ms)
{
	long deadline = now_ms() + bound_ms;

	while (!kill(pid, 0)) {
		if (now_ms() > deadline) {
			errno = ETIMEDOUT;
			return -1;
		}
		sleep_ms(5);
	}
	return errno == ESRCH ? 0 : -1;
}

int kill_tree(pid_t root)
{
	int status;

	if (kill(root, SIGKILL)) {
		report(errno, "kill the tree below pid %d", root);
		return -1;
	}
	if (!wait_bounded(root, &status, __WALL, KILL_BOUND_MS))
		return 0;
	/* Another's child, which its parent may have waited for by now. */
	if (errno == ESRCH || (errno == ECHILD && !wait_until_reaped(root, KILL_BOUND_MS)))
		return 0;
	report(errno, "wait for the tree below pid %d to end", root);
	return -1;
}
