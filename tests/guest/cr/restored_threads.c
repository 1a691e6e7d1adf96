// SPDX-License-Identifier: GPL-2.0
/* Threads of the C library: what they wait for, what each has of its own, and that the library goes on with them. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "lib/report.h"
#include "roundtrip.h"

static volatile uint32_t words[64];

static pthread_t start(void *(*fn)(void *), void *arg)
{
	pthread_t thread;

	MUST(!pthread_create(&thread, NULL, fn, arg));
	return thread;
}

static void *join(pthread_t thread)
{
	void *ret;

	MUST(!pthread_join(thread, &ret));
	return ret;
}

/* The main thread holds the lock; one waits for it, one for the condition. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static bool condition_holds;
static sem_t semaphore;

static void *waits_for_condition(void *arg)
{
	MUST(!pthread_mutex_lock(&lock));
	words[0] = 1;
	while (!condition_holds)
		MUST(!pthread_cond_wait(&condition, &lock));
	MUST(!pthread_mutex_unlock(&lock));
	return arg;
}

static void *waits_for_lock(void *arg)
{
	words[1] = 1;
	MUST(!pthread_mutex_lock(&lock));
	condition_holds = true;
	MUST(!pthread_cond_broadcast(&condition));
	MUST(!pthread_mutex_unlock(&lock));
	return arg;
}

static void *waits_for_semaphore(void *arg)
{
	words[2] = 1;
	MUST(!sem_wait(&semaphore));
	return arg;
}

static void locks(void)
{
	pthread_t a, b, c;

	MUST(!sem_init(&semaphore, 0, 0));
	a = start(waits_for_condition, (void *)11);
	await_word(&words[0], 1);
	MUST(!pthread_mutex_lock(&lock));
	b = start(waits_for_lock, (void *)22);
	c = start(waits_for_semaphore, (void *)33);
	await_word(&words[1], 1);
	await_word(&words[2], 1);
	await_states("S");
	record_here();
	SAME(condition_holds, false);
	SAME(pthread_mutex_trylock(&lock), EBUSY);
	MUST(!pthread_mutex_unlock(&lock));
	SAME((long)join(a), 11);
	SAME((long)join(b), 22);
	MUST(!sem_post(&semaphore));
	SAME((long)join(c), 33);
}

/* What is a thread's own: its storage, its name, mask, nice value, alternate stack, signals, and tids. */
#define THREADS 8
static __thread int own_number, own_array[1000];
static volatile sig_atomic_t handled_by[THREADS];

static void on_signal(int sig)
{
	(void)sig;
	handled_by[own_number - 100]++;
}

static void check_own(int n, bool prepare)
{
	static unsigned char alternate[THREADS][8192];
	const stack_t stack = { .ss_sp = alternate[n], .ss_size = sizeof(alternate[n]) };
	char name[16], is_name[16] = "";
	sigset_t mask, is;
	stack_t is_stack;

	memcpy(name, "thread-x", 9);
	name[7] = '0' + n;
	sigemptyset(&mask);
	sigaddset(&mask, SIGRTMIN + n);
	if (prepare) {
		own_number = 100 + n;
		own_array[999] = n;
		MUST(!prctl(PR_SET_NAME, name) && !pthread_sigmask(SIG_SETMASK, &mask, NULL));
		MUST(!setpriority(PRIO_PROCESS, syscall(SYS_gettid), n) && !sigaltstack(&stack, NULL));
		MUST(!syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), SIGRTMIN + n));
		return;
	}
	MUST(own_number == 100 + n && own_array[999] == n);
	MUST(!prctl(PR_GET_NAME, is_name) && !strcmp(is_name, name));
	MUST(!pthread_sigmask(SIG_SETMASK, NULL, &is));
	for (int sig = 1; sig < 64; sig++)
		if (sig < 32 || sig > 34)
			SAME(sigismember(&is, sig), sig == SIGRTMIN + n);
	MUST(getpriority(PRIO_PROCESS, syscall(SYS_gettid)) == n);
	MUST(!sigaltstack(NULL, &is_stack) && is_stack.ss_sp == stack.ss_sp);
	SAME(sigtimedwait(&mask, NULL, &(struct timespec){ 0, 0 }), SIGRTMIN + n);
	SAME(sigtimedwait(&mask, NULL, &(struct timespec){ 0, 0 }), -1);
	MUST(!raise(SIGUSR1) && handled_by[n] == 1);	/* to the tid that the library remembers */
}

static void *owner(void *arg)
{
	int n = (long)arg;
	pid_t tid = syscall(SYS_gettid);

	check_own(n, true);
	words[n] = 1;
	await_restart();
	SAME(syscall(SYS_gettid), tid);
	check_own(n, false);
	return arg;
}

static void own_state(void)
{
	pthread_t thread[THREADS];

	signal(SIGUSR1, on_signal);
	for (long n = 0; n < THREADS; n++)
		thread[n] = start(owner, (void *)n);
	for (int n = 0; n < THREADS; n++)
		await_word(&words[n], 1);
	record_here();
	for (long n = 0; n < THREADS; n++)
		SAME((long)join(thread[n]), n);
}

/* The library's own signal, and its lists. */
static void *waits_for_ever(void *arg)
{
	words[0] = 1;
	for (;;)
		pause();
	return arg;
}

static void *ends_at_once(void *arg)
{
	__atomic_fetch_add(&words[1], 1, __ATOMIC_SEQ_CST);
	return arg;
}

static void library_goes_on(void)
{
	pthread_t thread = start(waits_for_ever, NULL), detached;
	uint32_t ended = 0;

	await_word(&words[0], 1);
	record_here();
	MUST(!pthread_cancel(thread));
	MUST(join(thread) == PTHREAD_CANCELED);
	for (long i = 0; i < 20; i++) {
		thread = start(ends_at_once, (void *)i);
		detached = start(ends_at_once, NULL);
		MUST(!pthread_detach(detached));
		SAME((long)join(thread), i);
		ended += 2;
		await_word(&words[1], ended);
	}
}

/* The kernel gives away the robust lock of a thread that ends, by its robust list. */
static pthread_mutex_t robust;

static void *dies_with_lock(void *arg)
{
	MUST(!pthread_mutex_lock(&robust));
	words[0] = 1;
	await_restart();
	words[1] = 1;
	return arg;
}

static void robust_list(void)
{
	pthread_mutexattr_t attr;
	pthread_t thread;

	MUST(!pthread_mutexattr_init(&attr) && !pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST));
	MUST(!pthread_mutex_init(&robust, &attr));
	thread = start(dies_with_lock, NULL);
	await_word(&words[0], 1);
	record_here();
	SAME(pthread_mutex_lock(&robust), EOWNERDEAD);
	SAME(words[1], 1);
	MUST(!pthread_mutex_consistent(&robust) && !pthread_mutex_unlock(&robust));
	join(thread);
}

/* They are asleep: a hundred that look every few milliseconds would leave little of the processor to the tools. */
static void *waits(void *arg)
{
	__atomic_fetch_add(&words[0], 1, __ATOMIC_SEQ_CST);
	MUST(!sem_wait(&semaphore));
	return arg;
}

static void many(void)
{
	pthread_attr_t small;
	pthread_t thread[100];

	MUST(!sem_init(&semaphore, 0, 0));
	MUST(!pthread_attr_init(&small) && !pthread_attr_setstacksize(&small, 16384));
	for (size_t i = 0; i < ARRAY_SIZE(thread); i++)
		MUST(!pthread_create(&thread[i], &small, waits, (void *)i));
	await_word(&words[0], ARRAY_SIZE(thread));
	await_states("S");
	record_here();
	for (size_t i = 0; i < ARRAY_SIZE(thread); i++)
		MUST(!sem_post(&semaphore));
	for (size_t i = 0; i < ARRAY_SIZE(thread); i++)
		SAME((long)join(thread[i]), i);
}

/* Scheduling policies, of processes and of a thread. */
static void *scheduled(void *arg)
{
	const struct sched_param low = { .sched_priority = 3 }, none = { 0 };
	struct sched_param is;

	MUST(!syscall(SYS_sched_setscheduler, 0, SCHED_RR, &low));
	words[0] = 1;
	await_restart();
	SAME(syscall(SYS_sched_getscheduler, 0), SCHED_RR);
	MUST(!syscall(SYS_sched_getparam, 0, &is));
	SAME(is.sched_priority, 3);
	MUST(!syscall(SYS_sched_setscheduler, 0, SCHED_OTHER, &none));
	return arg;
}

static void scheduling(void)
{
	static const int policies[] = { SCHED_BATCH, SCHED_IDLE, SCHED_FIFO | SCHED_RESET_ON_FORK };
	static const int priorities[] = { 0, 0, 5 };
	volatile uint32_t *said = share_words();
	pthread_t thread;

	for (size_t i = 0; i < ARRAY_SIZE(policies); i++) {
		struct sched_param param = { .sched_priority = priorities[i] };

		if (fork())
			continue;
		MUST(!syscall(SYS_sched_setscheduler, 0, policies[i], &param) && !setpriority(PRIO_PROCESS, 0, 4));
		said[i] = 1;
		await_restart();
		SAME(syscall(SYS_sched_getscheduler, 0), policies[i]);
		MUST(getpriority(PRIO_PROCESS, 0) == 4);
		MUST(!syscall(SYS_sched_getparam, 0, &param));
		SAME(param.sched_priority, priorities[i]);
		said[10 + i] = 1;
		_exit(0);
	}
	thread = start(scheduled, NULL);
	await_word(&words[0], 1);
	for (size_t i = 0; i < ARRAY_SIZE(policies); i++)
		await_word(&said[i], 1);
	record_here();
	join(thread);
	for (size_t i = 0; i < ARRAY_SIZE(policies); i++)
		await_word(&said[10 + i], 1);
}

static const struct subject_row subjects[] = {
	{ "locks, conditions and semaphores", locks, EVERY_WAY },
	{ "what each thread has of its own", own_state, EVERY_WAY },
	{ "cancelling, joining and creating threads", library_goes_on, EVERY_WAY },
	{ "the robust list of a thread that ends", robust_list, 0 },
	{ "a hundred threads", many, 0 },
	{ "scheduling policies", scheduling, 0 },
};

static const struct group restored_threads_groups[] = { SUBJECTS(subjects) };
SUITE(restored_threads);
