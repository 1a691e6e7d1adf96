// SPDX-License-Identifier: GPL-2.0
#include <signal.h>
#include <string.h>

#include "interrupt.h"
#include "report.h"

static volatile sig_atomic_t seen;
static bool reported;

static void on_signal(int sig)
{
	seen = sig;
}

void interrupt_begin(void)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };
	const struct sigaction sa = { .sa_handler = on_signal };	/* no SA_RESTART: what waits is interrupted */
	struct sigaction before;

	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		if (!sigaction(signals[i], NULL, &before) && before.sa_handler != SIG_IGN)
			sigaction(signals[i], &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
}

bool interrupted(void)
{
	if (seen && !reported)
		report(0, "interrupted by signal %d (%s)", (int)seen, strsignal(seen));
	reported |= seen;
	return seen;
}
