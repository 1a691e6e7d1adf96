// SPDX-License-Identifier: GPL-2.0
/*
 * A tracer that counts system calls kills a restart or a checkpoint, makes a call fail, or sends SIGINT, at every stage
 * of the work.  A restart leaves nothing, or the whole tree runs.  A checkpoint leaves the tree as it was, and no file
 * that is not an image.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "proc.h"
#include "lib/wait.h"
#include "roundtrip.h"
#include "stepped.h"
#include "lib/tree.h"
#include "various.h"

#define IMAGE "image"
#define STEPS 30		/* how many stages of the work are tried in one case; --thorough: all */
#define STEPS_QUICK 8
#define STEPS_SLOW 2		/* on a kernel that checks itself: there each takes ten times as long */
#define FIRST 3			/* what comes before is the C library's */
/* Of so many calls at its end, among which are those that let the tree go, each third is tried; see last_stride(). */
#define LAST  110
#define SETTLE_MS 10000

/* The tasks that there are are those of before. */
static bool is_gone(const struct restored *r)
{
	struct tasks now;

	while (waitpid(-1, NULL, __WALL | WNOHANG) > 0)
		;
	list_tasks(&now);
	return now.n == r->before.n && !memcmp(now.pid, r->before.pid, now.n * sizeof(now.pid[0]));
}

static void await_end(const struct restored *r, const char *what, long n)
{
	long deadline = now_ms() + SETTLE_MS;

	while (!is_gone(r)) {
		if (now_ms() > deadline) {
			char text[64];

			snprintf(text, sizeof(text), "%s at system call %ld", what, n);
			same_tasks(&r->before, text);
		}
		sleep_ms(2);
	}
}

/* From one stage to the next: system calls. */
static long stride(long calls)
{
	int steps = kernel_is_slow() ? STEPS_SLOW : effort() == QUICK ? STEPS_QUICK : STEPS;

	return effort() == THOROUGH ? 1 : calls / steps + 1;
}

/* The same where the tree is let go. */
static long last_stride(void)
{
	return effort() == THOROUGH ? 1 : kernel_is_slow() ? 37 : effort() == QUICK ? 11 : 3;
}

/*
 * Does it go on?  A tracer that has ended has killed what it held, and a task that is to die looks alive for a while.
 * But it does not stop any more; one that lives does.
 */
static bool lives(pid_t pid)
{
	long deadline = now_ms() + SETTLE_MS;
	struct task t;

	kill(pid, SIGSTOP);
	while (!task_read(&t, pid) && t.state != 'Z' && t.state != 'X') {
		if (t.state == 'T')
			return true;
		if (now_ms() > deadline)
			fail("pid %d neither ends nor stops: it is in state %c", pid, t.state);
		sleep_ms(1);
	}
	return false;
}

/* One line, and exit status 1; or, before it has prepared for it, an end by SIGINT. */
static void clear_message(const struct said *s, enum happening what, const char *words, long n)
{
	const char *end = strchr(s->err, '\n');

	if (what == INTERRUPT && s->status == 128 + SIGINT)
		return;
	if (s->status != 1 || !end || end[1] || strncmp(s->err, "restart: ", 9))
		fail("%s at system call %ld: exit status %d, and `%.300s'", words, n, s->status, s->err);
}

/* The tree is complete: it goes on, and ends. */
static void is_whole(struct restored *r)
{
	restored_compare(r, WAY_ALL);
	for (int i = 0; i < 2; i++)
		kill(r->root, SIGKILL);
}

static void step_restart(struct restored *r, enum happening what, const char *words, long n, bool last)
{
	struct said said;

	STEPPED(what, n, &said, "restart", "-i", IMAGE);
	if (said.status == 0 || (last && said.status == 128 + SIGKILL && lives(r->root)))
		is_whole(r);
	else if (what != KILL)
		clear_message(&said, what, words, n);
	await_end(r, words, n);
	folder_holds(".", IMAGE " said fifo");
}

static void each_step(enum happening what, const char *words)
{
	struct restored r;
	struct said said;
	long calls, tried = 0;

	use_images();
	restored_start(&r, various_tree);
	restored_checkpoint(&r);
	calls = STEPPED(NOTHING, 0, &said, "restart", "-i", IMAGE);
	r.root = said_number(&said);
	is_whole(&r);
	await_end(&r, "nothing", 0);
	for (long n = FIRST; n < calls - LAST; n += stride(calls), tried++)
		step_restart(&r, what, words, n, false);
	for (long n = calls - LAST; n <= calls; n += last_stride(), tried++)
		step_restart(&r, what, words, n, true);
	note("at %ld of %ld system calls", tried, calls);
	/* And it can still be had. */
	restored_restart(&r, WAY_ALL);
	restored_answer(&r);
	restored_end(&r);
}

static void killed(void)
{
	each_step(KILL, "SIGKILL");
}

static void refused_calls(void)
{
	each_step(REFUSE, "ENOMEM");
}

static void interrupted_restart(void)
{
	each_step(INTERRUPT, "SIGINT");
}

/* The tree is as it was, and goes on. */
static void checkpoint_steps(enum happening what, void (*tree)(void))
{
	struct restored r;
	struct said said;
	long calls, tried = 0;

	use_images();
	restored_start(&r, tree);
	calls = STEPPED(what, 0, &said, "checkpoint", "-r", "-o", IMAGE, number(r.root));
	succeeded(&said);
	for (long n = FIRST; n < calls; n += stride(calls), tried++) {
		STEPPED(what, n, &said, "checkpoint", "-r", "-o", IMAGE, number(r.root));
		if (what != KILL && said.status == 1 && (!*said.err || strchr(said.err, '\n')[1]))
			fail("at system call %ld: `%.300s'", n, said.err);
		restored_compare(&r, WAY_LEFT);
		folder_holds(".", IMAGE " said fifo");
	}
	note("at %ld of %ld system calls", tried, calls);
	restored_answer(&r);
	restored_end(&r);
}

static void killed_checkpoint(void)
{
	checkpoint_steps(KILL, various_tree);
}

static void interrupted_checkpoint(void)
{
	checkpoint_steps(INTERRUPT, various_tree);
}

static void refused_checkpoint(void)
{
	checkpoint_steps(REFUSE, various_tree);
}

/* Its tasks run when nobody else wants to: where they stand is not known when a wait for one has failed. */
static void idle_tree(void)
{
	MUST(!syscall(SYS_sched_setscheduler, 0, SCHED_IDLE, &(struct sched_param){ 0 }));
	various_tree();
}

static void refused_wait(void)
{
	checkpoint_steps(REFUSE_WAIT, idle_tree);
}

static const struct function_row functions[] = {
	{ "restart is killed", killed },
	{ "restart gets SIGINT", interrupted_restart },
	{ "restart is refused a system call", refused_calls },
	{ "checkpoint is killed", killed_checkpoint },
	{ "checkpoint gets SIGINT", interrupted_checkpoint },
	{ "checkpoint is refused a system call", refused_checkpoint },
	{ "checkpoint is refused a wait for a task that runs late", refused_wait },
};

static const struct group interrupted_groups[] = { FUNCTIONS(functions) };

SUITE(interrupted, .slow = 20);
