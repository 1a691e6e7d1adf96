// SPDX-License-Identifier: GPL-2.0
/* Tasks that are recorded during a sleep of any kind: none wakes early, and none sleeps more than twice its time. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/sem.h>
#include <sys/select.h>
#include <sys/syscall.h>

#include "lib/wait.h"
#include "roundtrip.h"

#define SLEEP_MS 1500
#define LONGEST_MS (4 * SLEEP_MS)
#define AWAY_MS  1000
#define SLACK_MS 4000		/* of a machine that does other things, too */

typedef long long pair[2];	/* struct __kernel_timespec */

static int sleep_time;		/* in ms */

#define CALL(...) (syscall(__VA_ARGS__) < 0 ? -errno : 0)

static void future(int clock, pair at)
{
	struct timespec now;

	MUST(!clock_gettime(clock, &now));
	now.tv_nsec += sleep_time % 1000 * 1000000;
	at[0] = now.tv_sec + sleep_time / 1000 + now.tv_nsec / 1000000000;
	at[1] = now.tv_nsec % 1000000000;
}

#define RELATIVE { sleep_time / 1000, sleep_time % 1000 * 1000000 }

static int nanosleep_same(void)
{
	int t[2] = RELATIVE;

	return CALL(SYS_nanosleep, t, t);
}

static int nanosleep_alone(void)
{
	int t[2] = RELATIVE;

	return CALL(SYS_nanosleep, t, NULL);
}

static int nanosleep_rest(void)
{
	int t[2] = RELATIVE, rest[2];

	return CALL(SYS_nanosleep, t, rest);
}

static int clock_nanosleep_relative(void)
{
	pair t = RELATIVE;

	return CALL(SYS_clock_nanosleep_time64, CLOCK_MONOTONIC, 0, t, t);
}

static int clock_nanosleep_monotonic(void)
{
	pair at;

	future(CLOCK_MONOTONIC, at);
	return CALL(SYS_clock_nanosleep_time64, CLOCK_MONOTONIC, TIMER_ABSTIME, at, NULL);
}

static int clock_nanosleep_realtime(void)
{
	pair at;

	future(CLOCK_REALTIME, at);
	return CALL(SYS_clock_nanosleep_time64, CLOCK_REALTIME, TIMER_ABSTIME, at, NULL);
}

static int poll_nothing(void)
{
	return CALL(SYS_poll, NULL, 0, sleep_time);
}

static int ppoll_nothing(void)
{
	pair t = RELATIVE;

	return CALL(SYS_ppoll_time64, NULL, 0, t, NULL, 8);
}

static int select_nothing(void)
{
	int t[2] = { sleep_time / 1000, sleep_time % 1000 * 1000 };

	return CALL(SYS__newselect, 0, NULL, NULL, NULL, t);
}

static int pselect_nothing(void)
{
	pair t = RELATIVE;

	return CALL(SYS_pselect6_time64, 0, NULL, NULL, NULL, t, NULL);
}

static int futex_relative(void)
{
	uint32_t word = 1;
	pair t = RELATIVE;

	return CALL(SYS_futex_time64, &word, FUTEX_WAIT, 1, t, NULL, 0);
}

static int futex_absolute(void)
{
	uint32_t word = 1;
	pair at;

	future(CLOCK_MONOTONIC, at);
	return CALL(SYS_futex_time64, &word, FUTEX_WAIT_BITSET, 1, at, NULL, FUTEX_BITSET_MATCH_ANY);
}

static int wait_for_signal(void)
{
	unsigned long set[2] = { 1UL << (SIGUSR1 - 1), 0 };
	pair t = RELATIVE;

	return CALL(SYS_rt_sigtimedwait_time64, set, NULL, t, 8);
}

static int wait_for_semaphore(void)
{
	struct sembuf down = { 0, -1, 0 };
	int sem = semget(IPC_PRIVATE, 1, 0600), ret;
	pair t = RELATIVE;

	MUST(sem >= 0);
	ret = CALL(SYS_semtimedop_time64, sem, &down, 1, t);
	MUST(!semctl(sem, 0, IPC_RMID));
	return ret;
}

static const struct sleeper {
	const char *name;
	int (*sleep)(void);
	int result;
	int rounds;		/* how many times its time it may last; 0: until a point in time, wherever it is */
} sleepers[] = {
	{ "nanosleep(t, t)", nanosleep_same, 0, 1 },
	{ "nanosleep(t, NULL)", nanosleep_alone, 0, 2 },
	{ "nanosleep(t, rest)", nanosleep_rest, 0, 2 },
	{ "clock_nanosleep(t, t)", clock_nanosleep_relative, 0, 1 },
	{ "clock_nanosleep(TIMER_ABSTIME)", clock_nanosleep_monotonic, 0, 0 },
	{ "clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME)", clock_nanosleep_realtime, 0, 0 },
	{ "poll()", poll_nothing, 0, 2 },
	{ "ppoll()", ppoll_nothing, 0, 1 },
	{ "select()", select_nothing, 0, 1 },
	{ "pselect()", pselect_nothing, 0, 1 },
	{ "futex(FUTEX_WAIT)", futex_relative, -ETIMEDOUT, 2 },
	{ "futex(FUTEX_WAIT_BITSET)", futex_absolute, -ETIMEDOUT, 0 },
	{ "rt_sigtimedwait()", wait_for_signal, -EAGAIN, 2 },
	{ "semtimedop()", wait_for_semaphore, -EAGAIN, 2 },
};

#define N ARRAY_SIZE(sleepers)

/*
 * When the tree was held, in ms of now_ms(), which no restart changes: the begin and the end of the first checkpoint,
 * the end of all; and how long at least the tree did not exist.  The test leaves it in a file for the tree, which
 * judges itself.
 */
#define MOMENTS "/mnt/moments"

static struct moments {
	long begin, held, end, away;
} moments;

static void learn_moments(void)
{
	int fd = open(MOMENTS, O_RDONLY | O_CLOEXEC);

	MUST(fd >= 0 && read(fd, &moments, sizeof(moments)) == sizeof(moments));
	close(fd);
}

static void judge(const struct sleeper *s, int result, int lasted)
{
	int least = sleep_time + (s->rounds ? moments.away : 0);
	int most = sleep_time * (s->rounds ? s->rounds : 1) + moments.end - moments.begin + SLACK_MS;

	if (result != s->result)
		wrong("%s: it returned %d, not %d", s->name, result, s->result);
	if (lasted < least || lasted > most)
		wrong("%s: it lasted %d ms, and not %d to %d", s->name, lasted, least, most);
}

#define LATE "late"	/* one may have ended before all of them were held: there is nothing to judge */

static void sleeping(void)
{
	volatile uint32_t *words = share_words();
	volatile uint32_t *entered = words, *done = words + 100, *result = words + 200, *lasted = words + 300;
	volatile uint32_t *ended = words + 400;

	for (size_t i = 0; i < N; i++) {
		long start;

		if (fork())
			continue;
		start = now_ms();
		entered[i] = 1;
		result[i] = sleepers[i].sleep();
		ended[i] = now_ms();
		lasted[i] = ended[i] - start + 1;	/* both are rounded down */
		done[i] = 1;
		_exit(0);
	}
	for (size_t i = 0; i < N; i++)
		await_word(&entered[i], 1);
	await_states("SZ");
	record_here();
	learn_moments();
	for (size_t i = 0; i < N; i++) {
		await_word(&done[i], 1);
		if ((long)ended[i] <= moments.held) {
			say(LATE);
			return;
		}
	}
	for (size_t i = 0; i < N; i++)
		judge(&sleepers[i], result[i], lasted[i]);
}

static void be_away(struct restored *r)
{
	restored_checkpoint(r);
	moments.held = now_ms();
	moments.away = AWAY_MS;
	sleep_ms(AWAY_MS);
	restored_restart(r, WAY_ALL);
}

static void be_held(struct restored *r)
{
	for (int i = 0; i < 3; i++) {
		succeeded(TOOL("checkpoint", "--leave-running", "-o", "image", number(r->root)));
		if (!i)
			moments.held = now_ms();
	}
}

/* On a busy machine it takes long to record them: they sleep longer then. */
static void sleep_while(void (*absent)(struct restored *))
{
	struct restored r;

	use_images();
	for (sleep_time = SLEEP_MS; sleep_time <= LONGEST_MS; sleep_time *= 2) {
		restored_start(&r, sleeping);
		moments = (struct moments){ .begin = now_ms() };
		absent(&r);
		moments.end = now_ms();
		write_file(MOMENTS, &moments, sizeof(moments));
		restored_answer(&r);
		restored_end(&r);
		if (!restored_has_said(LATE))
			return;
	}
	fail("even sleeps of %d ms are over before they are recorded", LONGEST_MS);
}

static void sleep_away(void)
{
	sleep_while(be_away);
}

/* As it was: also for who looks at the clock. */
static void sleep_held(void)
{
	sleep_while(be_held);
}

static const struct function_row functions[] = {
	{ "sleeps of all kinds, while the tree is away", sleep_away },
	{ "sleeps of all kinds, while the tree is recorded and left running", sleep_held },
};

static const struct group restored_sleeps_groups[] = { FUNCTIONS(functions) };
SUITE(restored_sleeps);
