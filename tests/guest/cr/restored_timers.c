// SPDX-License-Identifier: GPL-2.0
/* Interval timers and POSIX timers come back: ids, actions, remaining time; and no expiry is lost. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/syscall.h>
#include <sys/time.h>

#include "lib/wait.h"
#include "roundtrip.h"

#define RT 36		/* the C library keeps the first three signals for itself */
#define MS 1000000LL

/* By the system calls: the C library has ids of its own. */
static int create(int clock, int notify, int sig, unsigned int value, pid_t tid)
{
	struct { unsigned int value, sig, notify; pid_t tid; int padding[12]; } event = { value, sig, notify, tid, { 0 } };
	int id;

	MUST(!syscall(SYS_timer_create, clock, &event, &id));
	return id;
}

struct setting {
	long long interval_s, interval_ns, left_s, left_ns;
};

static void set(int id, long long left_ms, long long interval_ms)
{
	const struct setting s = {
		interval_ms / 1000, interval_ms % 1000 * MS, left_ms / 1000, left_ms % 1000 * MS,
	};

	MUST(!syscall(SYS_timer_settime64, id, 0, &s, NULL));
}

static long long left_ms(int id, long long *interval_ms)
{
	struct setting s;

	MUST(!syscall(SYS_timer_gettime64, id, &s));
	*interval_ms = s.interval_s * 1000 + s.interval_ns / MS;
	return s.left_s * 1000 + (s.left_ns + MS - 1) / MS;
}

static void block_all(void)
{
	sigset_t all;

	sigfillset(&all);
	MUST(!sigprocmask(SIG_SETMASK, &all, NULL));
}

/* The next signal of this kind, waited for; 0: none within that time. */
static int next_signal(int sig, siginfo_t *info, long bound_ms)
{
	const struct timespec bound = { bound_ms / 1000, bound_ms % 1000 * MS };
	sigset_t one;
	int got;

	sigemptyset(&one);
	sigaddset(&one, sig);
	got = sigtimedwait(&one, info, &bound);
	return got < 0 ? 0 : got;
}

static void read_timers(char *buf, size_t size)
{
	int fd = open("/proc/self/timers", O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, buf, size - 1);

	MUST(fd >= 0 && n > 0);
	buf[n] = '\0';
	close(fd);
	for (char *p = buf; (p = strstr(p, "id.")); p++)
		for (char *digit = p + 3; *digit != '\n'; digit++)
			*digit = '_';
}

/* As /proc lists them; the pids there are those of the initial namespace, which not every way keeps. */
static void kinds(void)
{
	static char was[4096], is[4096];
	long long interval;
	int id[9], next;

	block_all();
	for (int i = 0; i < 9; i++)
		id[i] = create(CLOCK_MONOTONIC, SIGEV_SIGNAL, RT, 0x1000 + i, 0);
	for (int i = 0; i < 9; i += 2)
		MUST(!syscall(SYS_timer_delete, id[i]));
	create(CLOCK_REALTIME, SIGEV_NONE, 0, 5, 0);
	create(CLOCK_BOOTTIME, SIGEV_SIGNAL, SIGUSR1, 6, 0);
	create(CLOCK_PROCESS_CPUTIME_ID, SIGEV_SIGNAL, SIGUSR2, 7, 0);
	create(CLOCK_THREAD_CPUTIME_ID, SIGEV_SIGNAL, SIGUSR2, 8, 0);
	next = create(CLOCK_MONOTONIC, SIGEV_THREAD_ID, RT + 1, 9, getpid());
	set(id[1], 3600000, 0);
	set(id[3], 3600000, 7000);
	read_timers(was, sizeof(was));
	record_here();
	read_timers(is, sizeof(is));
	if (strcmp(is, was))
		wrong("timers: `%.300s'", is);
	MUST(left_ms(id[1], &interval) > 3000000 && interval == 0);
	MUST(left_ms(id[3], &interval) > 3000000 && interval == 7000);
	MUST(left_ms(id[5], &interval) == 0 && interval == 0);
	MUST(create(CLOCK_MONOTONIC, SIGEV_NONE, 0, 0, 0) > next);
}

/* What each sends after the restart. */
static void expiries(void)
{
	siginfo_t info;
	int one, periodic, id;

	block_all();
	one = create(CLOCK_MONOTONIC, SIGEV_SIGNAL, RT, 0xabc, 0);
	periodic = create(CLOCK_REALTIME, SIGEV_SIGNAL, RT + 1, 0xdef, 0);
	id = create(CLOCK_MONOTONIC, SIGEV_THREAD_ID, RT + 2, 0x123, getpid());
	record_here();
	set(one, 1, 0);
	set(periodic, 1, 3);
	set(id, 2, 0);
	SAME(next_signal(RT, &info, 9000), RT);
	MUST(info.si_code == SI_TIMER && info.si_value.sival_int == 0xabc && info.si_timerid == one);
	for (int i = 0; i < 4; i++) {
		SAME(next_signal(RT + 1, &info, 9000), RT + 1);
		MUST(info.si_code == SI_TIMER && info.si_value.sival_int == 0xdef && info.si_timerid == periodic);
	}
	SAME(next_signal(RT + 2, &info, 9000), RT + 2);
	SAME(info.si_value.sival_int, 0x123);
	SAME(next_signal(RT, &info, 0), 0);
}

/* Expired, and not yet taken: what the signal says, and how often it would have come. */
static void expired(void)
{
	siginfo_t info;
	int id, overrun;

	block_all();
	id = create(CLOCK_MONOTONIC, SIGEV_SIGNAL, RT, 77, 0);
	set(id, 1, 0);
	while (left_ms(id, &(long long){ 0 }))
		sleep_ms(1);
	record_here();
	SAME(next_signal(RT, &info, 0), RT);
	MUST(info.si_code == SI_TIMER && info.si_value.sival_int == 77 && info.si_timerid == id);
	SAME(next_signal(RT, &info, 50), 0);
	set(id, 1, 1);
	sleep_ms(50);
	SAME(next_signal(RT, &info, 0), RT);
	overrun = syscall(SYS_timer_getoverrun, id);
	if (overrun < 10 || overrun != info.si_overrun)
		wrong("overrun %d, and the signal says %d", overrun, info.si_overrun);
}

/* Not one of many that expire while the tree is recorded and rebuilt is lost, none comes twice. */
static void none_lost(void)
{
	enum { N = 60 };
	static unsigned char seen[N];
	siginfo_t info;

	block_all();
	for (int i = 0; i < N; i++)
		create(CLOCK_MONOTONIC, SIGEV_SIGNAL, RT, i, 0);
	for (int i = 0; i < N; i++)
		set(i, 5 + 8 * i, 0);
	record_here();
	while (next_signal(RT, &info, 1500))
		seen[info.si_value.sival_int]++;
	for (int i = 0; i < N; i++)
		if (seen[i] != 1)
			wrong("timer %d has expired %d times", i, seen[i]);
}

/* A timer that tells one thread, whose tid is another one at each level. */
static volatile uint32_t told, thread_tid;

static void *told_thread(void *arg)
{
	siginfo_t info;

	thread_tid = syscall(SYS_gettid);
	while (!next_signal(RT, &info, 50))
		;
	told = info.si_value.sival_int;
	return arg;
}

static void thread_timer(void)
{
	pthread_t thread;
	int id;

	block_all();
	MUST(!pthread_create(&thread, NULL, told_thread, NULL));
	while (!thread_tid)
		sleep_ms(1);
	id = create(CLOCK_MONOTONIC, SIGEV_THREAD_ID, RT, 99, thread_tid);
	record_here();
	SAME(told, 0);
	set(id, 1, 0);
	MUST(!pthread_join(thread, NULL));
	SAME(told, 99);
}

static struct itimerval interval_timer(int which)
{
	struct itimerval t;

	MUST(!getitimer(which, &t));
	return t;
}

static volatile sig_atomic_t alarms, virtual_alarms, prof_alarms;

static void on_alarm(int sig)
{
	if (sig == SIGALRM)
		alarms++;
	else if (sig == SIGVTALRM)
		virtual_alarms++;
	else
		prof_alarms++;
}

static void await_alarms(volatile sig_atomic_t *n)
{
	long deadline = now_ms() + 20000;

	while (*n < 3 && now_ms() < deadline)
		;
	MUST(*n >= 3);
}

/* They go on by themselves. */
static void intervals(void)
{
	const struct itimerval fast = { { 0, 5000 }, { 0, 5000 } };

	signal(SIGALRM, on_alarm);
	signal(SIGVTALRM, on_alarm);
	signal(SIGPROF, on_alarm);
	for (int which = 0; which < 3; which++)
		MUST(!setitimer(which, &fast, NULL));
	record_here();
	for (int which = 0; which < 3; which++) {
		struct itimerval t = interval_timer(which);

		SAME(t.it_interval.tv_sec, 0);
		SAME(t.it_interval.tv_usec, 5000);
	}
	alarms = virtual_alarms = prof_alarms = 0;
	await_alarms(&alarms);
	await_alarms(&virtual_alarms);
	await_alarms(&prof_alarms);
}

static const struct subject_row subjects[] = {
	{ "POSIX timers of all kinds, with gaps between their ids", kinds, EVERY_WAY },
	{ "what POSIX timers send", expiries, 0 },
	{ "a timer that has expired", expired, 0 },
	{ "none of many timers is lost", none_lost, 0 },
	{ "a timer that tells one thread", thread_timer, EVERY_WAY },
	{ "interval timers go on", intervals, EVERY_WAY },
};

/*
 * Time in which a tree does not exist is not counted: what is left of a timer is what was left.
 */
#define AWAY_MS 1500

static void remaining(void)
{
	static const int clocks[] = { CLOCK_MONOTONIC, CLOCK_REALTIME, CLOCK_BOOTTIME };
	const struct itimerval hour = { { 8, 0 }, { 3600, 0 } };
	long since, counted;
	long long interval;

	block_all();
	for (size_t i = 0; i < ARRAY_SIZE(clocks); i++)
		create(clocks[i], SIGEV_SIGNAL, RT, 0, 0);
	since = now_ms();
	MUST(!setitimer(ITIMER_REAL, &hour, NULL) && !setitimer(ITIMER_PROF, &hour, NULL));
	for (size_t i = 0; i < ARRAY_SIZE(clocks); i++)
		set(i, 3600000, 0);
	record_here();
	counted = 3600000 - (interval_timer(ITIMER_REAL).it_value.tv_sec * 1000 +
			     interval_timer(ITIMER_REAL).it_value.tv_usec / 1000);
	if (counted < 0 || counted > now_ms() - since - AWAY_MS + 2)
		wrong("of ITIMER_REAL %ld ms are gone, in %ld of which it was away for %d", counted, now_ms() - since,
		      AWAY_MS);
	for (size_t i = 0; i < ARRAY_SIZE(clocks); i++) {
		counted = 3600000 - left_ms(i, &interval);
		if (counted < 0 || counted > now_ms() - since - AWAY_MS + 2)
			wrong("of timer %zu %ld ms are gone, in %ld of which it was away for %d", i, counted,
			      now_ms() - since, AWAY_MS);
	}
	MUST(interval_timer(ITIMER_PROF).it_value.tv_sec > 3500);
	MUST(interval_timer(ITIMER_PROF).it_interval.tv_sec == 8);
	MUST(interval_timer(ITIMER_VIRTUAL).it_value.tv_sec == 0);
}

static void time_away(void)
{
	struct restored r;

	use_images();
	restored_start(&r, remaining);
	restored_checkpoint(&r);
	sleep_ms(AWAY_MS);
	restored_restart(&r, WAY_ALL);
	restored_answer(&r);
	restored_end(&r);
}

static const struct function_row functions[] = {
	{ "what is left of timers is what was left", time_away },
};

static const struct group restored_timers_groups[] = { SUBJECTS(subjects), FUNCTIONS(functions) };
SUITE(restored_timers);
