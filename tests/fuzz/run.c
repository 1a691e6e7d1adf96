// SPDX-License-Identifier: GPL-2.0
/* A run from outside: prepare it, check that it makes progress and ends and that nobody is left, report the totals. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "fuzz.h"
#include "lib/report.h"
#include "lib/wait.h"

#define RESULTS_FD 3
#define PID_MAX    "/proc/sys/kernel/pid_max"
#define CHILDREN   "/proc/thread-self/children"
#define USERNS     "/proc/sys/kernel/unprivileged_userns_clone"
#define TICK_MS       1000
#define IDLE_LIMIT_MS 600000	/* no call has come to an end for so long: something hangs */
#define END_LIMIT_MS  300000
#define STEP 25000	/* calls after which it is said how many there are */
#define MANY_NAMESPACES 1000000	/* those that are gone are given back with some delay */

struct shared *shared;

static struct {
	const char *path;
	long found;
} limits[] = {
	{ "/proc/sys/user/max_pid_namespaces", -1 }, { "/proc/sys/user/max_user_namespaces", -1 },
	{ "/proc/sys/user/max_mnt_namespaces", -1 }, { "/proc/sys/user/max_uts_namespaces", -1 },
	{ "/proc/sys/user/max_ipc_namespaces", -1 },
};

/* The first reason counts. */
static void vfail(const char *format, va_list ap)
{
	if (__atomic_exchange_n(&shared->fails, 1, __ATOMIC_SEQ_CST))
		return;
	vsnprintf(shared->message, sizeof(shared->message), format, ap);
	__atomic_store_n(&shared->failed, 1, __ATOMIC_SEQ_CST);
}

static void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void fail(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vfail(format, ap);
	va_end(ap);
}

void stop(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vfail(format, ap);
	va_end(ap);
	_exit(1);
}

void stop_errno(const char *format, ...)
{
	int saved = errno;
	char text[256];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	stop("%s: %s", text, strerror(saved));
}

static bool exists(const char *path)
{
	return !access(path, F_OK);
}

static long read_number(const char *path)
{
	char text[32] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		die("read %s", path);
	close(fd);
	return atol(text);
}

static void write_number(const char *path, long n)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || dprintf(fd, "%ld\n", n) < 0)
		die("write %ld to %s", n, path);
	close(fd);
}

static bool in_use(pid_t n)
{
	return !kill(n, 0) || errno != ESRCH || !kill(-n, 0) || errno != ESRCH;
}

/* The numbers for which workers ask at shared levels are nobody's: neither a process's nor a group's. */
static pid_t free_range(void)
{
	static const pid_t candidates[] = { 20000, 24000, 28000 };

	for (size_t i = 0; i < ARRAY_SIZE(candidates); i++) {
		pid_t n = candidates[i], end = n + COMMON + WORKERS * POOL;

		while (n < end && !in_use(n))
			n++;
		if (n == end)
			return candidates[i];
	}
	errno = 0;
	die("find pids that are free at level 0");
}

void set_up(long seed, long calls, enum broken_rule rule)
{
	if (read_number(PID_MAX) != NUMBERS)
		die("%s: the model needs it to be %d", PID_MAX, NUMBERS);
	if (in_use(NUMBERS - 1))
		die("pid %d has to be free at level 0", NUMBERS - 1);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		die("mmap");
	shared->seed = seed;
	shared->quota = (calls + WORKERS - 1) / WORKERS;
	shared->broken_rule = rule;
	shared->first = free_range();
	shared->userns_for_all = !exists(USERNS) || read_number(USERNS);
	shared->has_net = exists("/proc/self/ns/net");
	shared->has_uts = exists("/proc/self/ns/uts");
	shared->has_ipc = exists("/proc/self/ns/ipc");
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
		limits[i].found = read_number(limits[i].path);
		write_number(limits[i].path, MANY_NAMESPACES);
	}
	/* Whatever a run leaves behind becomes a child of this process. */
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
		die("prctl(PR_SET_CHILD_SUBREAPER)");
	signal(SIGCHLD, SIG_DFL);
}

static uint32_t calls_made(void)
{
	uint32_t sum = 0;

	for (int i = 0; i < WORKERS; i++)
		sum += __atomic_load_n(&shared->calls[i], __ATOMIC_SEQ_CST);
	return sum;
}

/* True when the worker is done; a bad end that nobody has explained is a failure, too. */
static bool has_ended(int worker, struct pollfd *p, pid_t pid)
{
	char words[64];
	int status;

	if (!p->revents)
		return false;
	if (waitpid(pid, &status, __WALL) != pid)
		die("wait for worker %d", worker);
	close(p->fd);
	p->fd = -1;
	p->revents = 0;
	if (!status_ok(status))
		fail("seed %llu: worker %d or its keeper: %s", (unsigned long long)shared->seed, worker,
		     status_words(status, words, sizeof(words)));
	return true;
}

static void watch(const pid_t *pids)
{
	struct pollfd p[WORKERS];
	uint32_t calls = 0, now;
	long idle_since = now_ms();
	int left = WORKERS;

	for (int i = 0; i < WORKERS; i++) {
		p[i] = (struct pollfd){ syscall(SYS_pidfd_open, pids[i], 0), POLLIN, 0 };
		if (p[i].fd < 0)
			die("pidfd_open");
	}
	while (left && !shared->failed) {
		if (poll(p, WORKERS, TICK_MS) < 0 && errno != EINTR)
			die("poll");
		for (int i = 0; i < WORKERS; i++)
			left -= has_ended(i, &p[i], pids[i]);
		now = calls_made();
		if (now != calls)
			idle_since = now_ms();
		if (now / STEP != calls / STEP) {
			printf("guest-fuzz: %u calls\n", now / STEP * STEP);
			fflush(stdout);
		}
		calls = now;
		if (now_ms() - idle_since > IDLE_LIMIT_MS)
			fail("seed %llu: no call has ended for %d seconds", (unsigned long long)shared->seed,
			     IDLE_LIMIT_MS / 1000);
	}
}

/* False if there is none. */
static bool kill_children(void)
{
	char text[4096] = "", *p, *end;
	int fd = open(CHILDREN, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0)
		die("read %s", CHILDREN);
	close(fd);
	for (p = text; strtol(p, &end, 10) > 0 && *end == ' '; p = end)
		kill(strtol(p, NULL, 10), SIGKILL);
	return *text;
}

static void too_late(int sig)
{
	(void)sig;
}

/*
 * The wardens, and after a failure everybody.  Whoever ends is reaped, in any order: the init of a namespace does not
 * end before the others there are reaped, and they can be this process's children, too.
 */
static void end_everybody(void)
{
	const struct sigaction interrupt = { .sa_handler = too_late };

	sigaction(SIGALRM, &interrupt, NULL);
	alarm(END_LIMIT_MS / 1000);
	while (kill_children())
		if (waitpid(-1, NULL, __WALL) < 0 && errno != ECHILD)
			die("end all processes of the run");
	alarm(0);
}

void run(void)
{
	pid_t pids[WORKERS];

	start_wardens();
	for (int i = 0; i < WORKERS; i++)
		pids[i] = start_worker(i);
	watch(pids);
	if (shared->failed)
		fprintf(stderr, "%s\n", shared->message);
	end_everybody();
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
		write_number(limits[i].path, limits[i].found);
}

static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void say(const char *format, ...)
{
	char line[sizeof(shared->message) + 64];
	va_list ap;

	va_start(ap, format);
	vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	printf("%s\n", line);
	fflush(stdout);
	if (fcntl(RESULTS_FD, F_GETFD) >= 0)
		dprintf(RESULTS_FD, "%s\n", line);
}

bool report_totals(void)
{
	static const struct {
		int error;
		const char *name;
	} kinds[] = {
		{ 0, "success" }, { EINVAL, "EINVAL" }, { EFAULT, "EFAULT" }, { EPERM, "EPERM" }, { EBUSY, "EBUSY" },
		{ EEXIST, "EEXIST" }, { ENOSPC, "ENOSPC" }, { ENOMEM, "ENOMEM" },
	};
	const char *never = NULL;
	char line[400];
	size_t used = 0;

	if (shared->failed) {
		say("fuzz: FAILED: %s", shared->message);
		return false;
	}
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		uint32_t sum = 0;

		for (int worker = 0; worker < WORKERS; worker++)
			sum += shared->outcomes[worker][kinds[i].error];
		used += snprintf(line + used, sizeof(line) - used, ", %s %u", kinds[i].name, sum);
		if (!sum)
			never = kinds[i].name;
	}
	say("note fuzz: seed %llu: %u calls in %u episodes%s", (unsigned long long)shared->seed, calls_made(),
	    shared->episodes, line);
	say("note fuzz: common numbers asked for by two at once: got %u, taken %u; taken by a zombie or a dead "
	    "leader's group: %u; asked for again after a refusal, and got: %u", shared->contended_won,
	    shared->contended_lost, shared->taken_by_dead, shared->asked_again);
	if (!shared->contended_lost)
		never = "a number that somebody else was faster to take";
	if (!shared->taken_by_dead)
		never = "a number taken by the dead";
	if (!shared->asked_again)
		never = "a refused number asked for again";
	if (never)
		say("fuzz: FAILED: seed %llu: never seen: %s; more calls are needed, or the fuzzer is not what it was",
		    (unsigned long long)shared->seed, never);
	return !never;
}
