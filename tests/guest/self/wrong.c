// SPDX-License-Identifier: GPL-2.0
/* Cases that each go wrong in a way of their own.  Run only when asked for: the suite `harness' compares what is said. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

#include "calls.h"
#include "roundtrip.h"

static void right(void)
{
}

static void says_why(void)
{
	fail("because");
}

static void crashes(void)
{
	kill(getpid(), SIGSEGV);
}

static void is_killed(void)
{
	kill(getpid(), SIGKILL);
}

static void exits_early(void)
{
	exit(0);
}

static void hangs(void)
{
	for (;;)
		pause();
}

static void skips(void)
{
	skip("not here");
}

static void has_a_note(void)
{
	note("%d figures", 3);
}

/* A process of the case says no, and nobody looks at its status. */
static void child_fails(void)
{
	pid_t pid = plain_clone(0);

	if (!pid)
		fail("the child");
	waitpid(pid, NULL, 0);
}

static void wrong_errno(void)
{
	expect_errno(-EINVAL, EBUSY, "the call");
}

static void wrong_success(void)
{
	expect_errno(5, EINVAL, "the call");
}

static void wrong_refusal(void)
{
	refused(EBUSY, 0, NO_LIST);
}

static void wrong_grant(void)
{
	granted(0, LIST(1));
}

static void moves_the_counter(const void *arg)
{
	struct nspid n;

	(void)arg;
	born_plain(&n);
}

static void wrong_counter(void)
{
	counters_stay(moves_the_counter, NULL);
}

static void believes_wrongly(void)
{
	record_here();
	SAME(getpid(), 2);
}

static void wrong_subject(void)
{
	run_subject(&(struct subject_row){ .run = believes_wrongly, .ways = WAY_ALL });
}

static void wrong_pids(void)
{
	struct restored r;

	use_images();
	restored_start(&r, record_here);
	restored_checkpoint(&r);
	r.root = said_number(TOOL("restart", "-i", "image", "--pids=none"));
	restored_compare(&r, WAY_ALL);
}

static const struct function_row wrong_cases[] = {
	{ "right", right },
	{ "says why", says_why },
	{ "crashes", crashes },
	{ "is killed", is_killed },
	{ "exits early", exits_early },
	{ "hangs", hangs },
	{ "skips", skips },
	{ "has a note", has_a_note },
	{ "child fails", child_fails },
	{ "wrong errno", wrong_errno },
	{ "wrong success", wrong_success },
	{ "wrong refusal", wrong_refusal },
	{ "wrong grant", wrong_grant },
	{ "wrong counter", wrong_counter },
	{ "wrong subject", wrong_subject },
	{ "wrong pids", wrong_pids },
};

static const struct group wrong_groups[] = { FUNCTIONS(wrong_cases) };

HIDDEN_SUITE(wrong);
