// SPDX-License-Identifier: GPL-2.0
/* Sleeps of all kinds in which a task is recorded: none ends early, none takes more than twice its time. */
#include <errno.h>
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

#include "report.h"
#include "restored.h"

#define SLEEP_MS 1500
#define AWAY_MS  1000
#define SLACK_MS 4000		/* of a machine that does other things, too */

typedef long long pair[2];	/* struct __kernel_timespec */

#define CALL(...) (syscall(__VA_ARGS__) < 0 ? -errno : 0)

static void future(int clock, pair at)
{
	struct timespec now;

	MUST(!clock_gettime(clock, &now));
	now.tv_nsec += SLEEP_MS % 1000 * 1000000;
	at[0] = now.tv_sec + SLEEP_MS / 1000 + now.tv_nsec / 1000000000;
	at[1] = now.tv_nsec % 1000000000;
}

#define RELATIVE { SLEEP_MS / 1000, SLEEP_MS % 1000 * 1000000 }

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
	return CALL(SYS_poll, NULL, 0, SLEEP_MS);
}

static int ppoll_nothing(void)
{
	pair t = RELATIVE;

	return CALL(SYS_ppoll_time64, NULL, 0, t, NULL, 8);
}

static int select_nothing(void)
{
	int t[2] = { SLEEP_MS / 1000, SLEEP_MS % 1000 * 1000 };

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
	int rounds;		/* how many times SLEEP_MS it may last; 0: until a point in time, wherever it is */
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
static int away_ms;

static void judge(const struct sleeper *s, int result, int lasted)
{
	int least = SLEEP_MS + (s->rounds ? away_ms : 0), most = SLEEP_MS * (s->rounds ? s->rounds : 1) + away_ms + SLACK_MS;

	if (result != s->result)
		wrong("%s: it returned %d, not %d", s->name, result, s->result);
	if (lasted < least || lasted > most)
		wrong("%s: it lasted %d ms, and not %d to %d", s->name, lasted, least, most);
}

static void sleeping(void)
{
	volatile uint32_t *words = share_words();
	volatile uint32_t *entered = words, *done = words + 100, *result = words + 200, *lasted = words + 300;

	for (size_t i = 0; i < N; i++) {
		long start;

		if (fork())
			continue;
		start = now_ms();
		entered[i] = 1;
		result[i] = sleepers[i].sleep();
		lasted[i] = now_ms() - start + 1;	/* both are rounded down */
		done[i] = 1;
		_exit(0);
	}
	for (size_t i = 0; i < N; i++)
		await_word(&entered[i], 1);
	sleep_ms(30);
	for (size_t i = 0; i < N; i++)
		SAME(done[i], 0);
	record_here();
	for (size_t i = 0; i < N; i++) {
		await_word(&done[i], 1);
		judge(&sleepers[i], result[i], lasted[i]);
	}
}

static void sleep_away(void)
{
	struct restored r;

	use_images();
	away_ms = AWAY_MS;
	restored_start(&r, sleeping);
	restored_checkpoint(&r);
	sleep_ms(AWAY_MS);
	restored_restart(&r, WAY_ALL);
	restored_answer(&r);
	restored_end(&r);
}

/* As it was: also for who looks at the clock. */
static void sleep_held(void)
{
	struct restored r;

	use_images();
	restored_start(&r, sleeping);
	for (int i = 0; i < 3; i++)
		succeeded(TOOL("checkpoint", "--leave-running", "-o", "image", number(r.root)));
	restored_answer(&r);
	restored_end(&r);
}

static const struct function_row functions[] = {
	{ "sleeps of all kinds, while the tree is away", sleep_away },
	{ "sleeps of all kinds, while the tree is recorded and left running", sleep_held },
};

static const struct group restored_sleeps_groups[] = { FUNCTIONS(functions) };
SUITE(restored_sleeps);
