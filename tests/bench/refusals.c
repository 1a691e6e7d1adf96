// SPDX-License-Identifier: GPL-2.0
/* Compare a refused call with one that succeeds: a refusal must not cost more. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "bench.h"
#include "lib/clone_with_pids.h"
#include "lib/report.h"
#include "lib/wait.h"

#define ROUNDS 100

static const pid_t free_pid[] = { 20000 }, taken_pid[] = { 1 };

static const struct refusal {
	const char *what;
	int error;
	int args_size;
	unsigned int nr;
	const pid_t *pids;
} refusals[] = {
	{ "EINVAL, args_size",  EINVAL, 55, 1, free_pid },
	{ "EINVAL, too many",   EINVAL, 56, 2, free_pid },
	{ "EBUSY",              EBUSY,  56, 1, taken_pid },
	{ "success",            0,      56, 1, free_pid },
};

static const struct refusal not_permitted = { "EPERM", EPERM, 56, 1, free_pid };

static void measure(const struct refusal *r)
{
	static uint64_t count[ROUNDS];

	for (int round = 0; round < ROUNDS; round++) {
		struct clone_with_pids_args args = { .nr_pids = r->nr };
		uint64_t before = instructions();
		long ret = clone_with_pids_raw(SIGCHLD, &args, r->args_size, NULL, r->pids);

		if (!ret)
			_exit(0);
		count[round] = instructions() - before;
		if (r->error ? ret != -r->error : ret < 0)
			die("%s: the call returned %ld", r->what, ret);
		if (ret > 0)
			waitpid(ret, NULL, 0);
	}
	result("refusals", r->what, count, ROUNDS);
}

static void drop_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = { 0 };

	if (syscall(SYS_capset, &header, none))
		die("give up the capabilities");
}

void bench_refusals(void)
{
	int status;
	pid_t pid;

	take_priority();
	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++)
		measure(&refusals[i]);
	fflush(stdout);
	pid = fork();
	if (!pid) {
		take_priority();
		drop_capabilities();
		measure(&not_permitted);
		fflush(stdout);
		_exit(EXIT_OK);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !status_ok(status))
		die("the measurement without capabilities");
}
