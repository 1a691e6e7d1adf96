// SPDX-License-Identifier: GPL-2.0
/*
 * guest-bench [AREA] - instruction counts, under `qemu -icount shift=0'; --list prints the areas
 *
 * Writes its results to stdout and, for the host, to file descriptor 3.
 */
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <asm/unistd.h>
#include <sys/syscall.h>

#include "bench.h"
#include "lib/report.h"

#define RESULTS_FD 3

static void plain_clone(struct call *c, unsigned int flags, const pid_t *pids, unsigned int nr)
{
	(void)pids;
	(void)nr;
	*c = (struct call){ .number = SYS_clone, .b = flags | SIGCHLD };
}

/* set_tid names 32 levels at most: at level 32 the oldest is left out. */
static void clone3_set_tid(struct call *c, unsigned int flags, const pid_t *pids, unsigned int nr)
{
	unsigned int n = 0;

	*c = (struct call){
		.number = SYS_clone3,
		.b = (unsigned long)&c->clone3,
		.c = sizeof(c->clone3),
		.clone3 = { .flags = flags, .exit_signal = SIGCHLD },
	};
	if (nr && (flags & CLONE_NEWPID))
		c->set_tid[n++] = 1;
	while (nr && n < MAX_LEVEL)
		c->set_tid[n++] = pids[--nr];
	if (n) {
		c->clone3.set_tid = (unsigned long)c->set_tid;
		c->clone3.set_tid_size = n;
	}
}

static void clone3_plain(struct call *c, unsigned int flags, const pid_t *pids, unsigned int nr)
{
	(void)nr;
	clone3_set_tid(c, flags, pids, 0);
}

static void with_pids(struct call *c, unsigned int flags, const pid_t *pids, unsigned int nr)
{
	*c = (struct call){
		.number = __NR_clone_with_pids,
		.b = flags | SIGCHLD,
		.c = (unsigned long)&c->with_pids,
		.d = sizeof(c->with_pids),
		.di = (unsigned long)pids,
		.with_pids = { .nr_pids = nr },
	};
}

static void with_no_pids(struct call *c, unsigned int flags, const pid_t *pids, unsigned int nr)
{
	(void)nr;
	with_pids(c, flags, pids, 0);
}

const struct method methods[N_METHODS] = {
	[METHOD_CLONE]              = { "clone", plain_clone },
	[METHOD_CLONE3]             = { "clone3", clone3_plain },
	[METHOD_CLONE3_SET_TID]     = { "clone3(set_tid)", clone3_set_tid },
	[METHOD_CLONE_WITH_NO_PIDS] = { "clone_with_pids(0)", with_no_pids },
	[METHOD_CLONE_WITH_PIDS]    = { "clone_with_pids", with_pids },
};

static int by_value(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void result_line(const char *area, const char *what, uint64_t number, const char *kind)
{
	char line[160];
	int n = snprintf(line, sizeof(line), "bench: %s: %s: %llu %s\n", area, what, number, kind);

	fputs(line, stdout);
	if (write(RESULTS_FD, line, n) != n)
		die("write a result");
}

void result(const char *area, const char *what, uint64_t *counts, int n)
{
	qsort(counts, n, sizeof(*counts), by_value);
	result_line(area, what, counts[0], "best");
	result_line(area, what, counts[n / 2], "median");
}

void take_priority(void)
{
	const struct sched_param first = { .sched_priority = 1 };

	/* musl has it return ENOSYS: what POSIX means by it, Linux does not do. */
	if (syscall(SYS_sched_setscheduler, 0, SCHED_FIFO | SCHED_RESET_ON_FORK, &first))
		die("ask for real-time priority");
}

static const struct {
	const char *name;
	void (*run)(void);
} areas[] = {
	{ "calls", bench_calls }, { "refusals", bench_refusals }, { "trees", bench_trees },
	{ "checkpoint", bench_checkpoint },
};

/* All areas, or the one that is named. */
int main(int argc, char **argv)
{
	report_program(argv[0]);
	if (argc == 4 && !strcmp(argv[1], TREE_WORD))
		tree_program(atoi(argv[2]), strtoul(argv[3], NULL, 10));
	for (size_t i = 0; i < sizeof(areas) / sizeof(*areas); i++)
		if (argc == 2 && !strcmp(argv[1], "--list"))
			puts(areas[i].name);
		else if (argc < 2 || !strcmp(argv[1], areas[i].name))
			areas[i].run();
	return EXIT_OK;
}
