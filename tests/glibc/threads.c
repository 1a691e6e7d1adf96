// SPDX-License-Identifier: GPL-2.0
/*
 * A program as other people write them: threads of glibc, linked statically, which knows nothing of checkpoints.  It
 * says what it finds in the file `said', a line at a time: `ready' when all is set up, then, when there is a file `go',
 * `right' or what is wrong.  glibc registers restartable sequences and robust lists for each thread, and keeps its
 * thread-local storage by a TLS descriptor.
 */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/rseq.h>
#include <sys/rseq.h>
#include <sys/syscall.h>

#define THREADS 6

static void say(const char *line)
{
	int fd = open("said", O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0 || dprintf(fd, "%s\n", line) < 0)
		_exit(1);
	close(fd);
}

#define MUST(condition) ((condition) ? (void)0 : wrong(#condition))

static void wrong(const char *what)
{
	char line[200];

	snprintf(line, sizeof(line), "wrong: does not hold: %s (errno %d)", what, errno);
	say(line);
	_exit(1);
}

static void await_go(void)
{
	while (access("go", F_OK))
		usleep(2000);
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER, robust;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t set_up;
static pthread_key_t key;
static int sum, stage;
static __thread int own = 5;
static __thread char own_text[3000];

/* As glibc has it for this thread. */
static struct rseq *own_rseq(void)
{
	return (struct rseq *)((char *)__builtin_thread_pointer() + __rseq_offset);
}

static void *worker(void *arg)
{
	int n = (int)(long)arg;
	pid_t tid = (pid_t)syscall(SYS_gettid);
	volatile double root = sqrt(n + 2), again;

	own += n;
	snprintf(own_text, sizeof(own_text), "thread %d", n);
	MUST(!pthread_setspecific(key, own_text));
	if (!n)
		MUST(!pthread_mutex_lock(&robust));
	pthread_barrier_wait(&set_up);

	MUST(!pthread_mutex_lock(&lock));
	while (!stage)
		MUST(!pthread_cond_wait(&condition, &lock));
	sum += own;
	MUST(!pthread_mutex_unlock(&lock));

	MUST(own == 5 + n && atoi(own_text + 7) == n && pthread_getspecific(key) == own_text);
	again = sqrt(n + 2);
	MUST(syscall(SYS_gettid) == tid && again == root);
	/* Registered already: who tries again is told so, and the kernel keeps the number of the processor there. */
	MUST(__rseq_size && own_rseq()->cpu_id < 64);
	MUST(syscall(SYS_rseq, own_rseq(), 32, 0, 0x53053053) == -1 && errno == EBUSY);
	return (void *)(root * 1000 > 1000 ? arg : NULL);
}

static void *sleeper(void *arg)
{
	for (;;)
		sleep(1000);
	return arg;
}

static void start(pthread_t *threads)
{
	pthread_mutexattr_t attr;

	MUST(!pthread_mutexattr_init(&attr) && !pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST));
	MUST(!pthread_mutex_init(&robust, &attr) && !pthread_key_create(&key, NULL));
	MUST(!pthread_barrier_init(&set_up, NULL, THREADS + 1));
	for (long n = 0; n < THREADS; n++)
		MUST(!pthread_create(&threads[n], NULL, worker, (void *)n));
	MUST(!pthread_create(&threads[THREADS], NULL, sleeper, NULL));
	pthread_barrier_wait(&set_up);
}

/* What came back from the restart, and that the library goes on with it. */
static void finish(pthread_t *threads)
{
	pthread_t late;
	void *ret;

	MUST(!pthread_mutex_lock(&lock));
	stage = 1;
	MUST(!pthread_cond_broadcast(&condition) && !pthread_mutex_unlock(&lock));
	for (long n = 0; n < THREADS; n++)
		MUST(!pthread_join(threads[n], &ret) && ret == (void *)n);
	MUST(sum == 5 * THREADS + THREADS * (THREADS - 1) / 2);
	MUST(pthread_mutex_lock(&robust) == EOWNERDEAD && !pthread_mutex_consistent(&robust));
	MUST(!pthread_mutex_unlock(&robust));
	MUST(!pthread_cancel(threads[THREADS]) && !pthread_join(threads[THREADS], &ret) && ret == PTHREAD_CANCELED);
	for (int i = 0; i < 10; i++) {
		MUST(!pthread_barrier_init(&set_up, NULL, 2));
		MUST(!pthread_create(&late, NULL, worker, (void *)9L));
		pthread_barrier_wait(&set_up);
		MUST(!pthread_join(late, &ret) && ret == (void *)9L);
	}
	MUST(malloc(1 << 20) && getenv("PATH"));
}

int main(void)
{
	pthread_t threads[THREADS + 1];

	start(threads);
	say("ready");
	await_go();
	finish(threads);
	say("right");
	return 0;
}
