// SPDX-License-Identifier: GPL-2.0
/* State that no image can hold is refused with the reason, and the tree continues unchanged. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <linux/sched/types.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "lib/wait.h"
#include "roundtrip.h"

static void traced(void)
{
	pid_t child = fork();
	int status;

	while (!child)
		pause();
	MUST(!ptrace(PTRACE_SEIZE, child, 0, 0) && !ptrace(PTRACE_INTERRUPT, child, 0, 0));
	MUST(waitpid(child, &status, 0) == child && WIFSTOPPED(status));
	record_here();
	MUST(!ptrace(PTRACE_CONT, child, 0, 0) && !kill(child, SIGKILL) && waitpid(child, &status, 0) == child);
}

static void system_v_memory(void)
{
	int id = shmget(IPC_PRIVATE, 4096, 0600);
	volatile int *p = shmat(id, NULL, 0);

	MUST(p != (void *)-1 && !shmctl(id, IPC_RMID, NULL));
	*p = 5;
	record_here();
	SAME(*p, 5);
}

static void deleted_file(void)
{
	int fd = open("deleted", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	volatile char *p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);

	MUST(p != MAP_FAILED && write(fd, "d", 1) == 1 && !unlink("deleted"));
	record_here();
	SAME(*p, 'd');
}

static void *waits(void *arg)
{
	volatile uint32_t *words = arg;

	/* The main thread is a zombie when it has ended, and the process goes on. */
	while (words[1])
		sleep_ms(1);
	words[0] = 1;
	await_restart();
	words[2] = 1;
	return NULL;
}

static void dead_leader(void)
{
	volatile uint32_t *words = share_words();
	pthread_t thread;
	pid_t child;

	words[1] = 1;
	child = fork();
	if (!child) {
		MUST(!pthread_create(&thread, NULL, waits, (void *)words));
		words[3] = 1;
		syscall(SYS_exit, 0);
	}
	await_word(&words[3], 1);
	await_states("Z");
	words[1] = 0;
	await_word(&words[0], 1);
	record_here();
	await_word(&words[2], 1);
	MUST(waitpid(child, NULL, 0) == child);
}

static void *owns_timer(void *arg)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
	volatile uint32_t *words = arg;
	int id;

	MUST(!syscall(SYS_timer_create, CLOCK_THREAD_CPUTIME_ID, &event, &id));
	words[0] = 1;
	await_restart();
	MUST(!syscall(SYS_timer_delete, id));
	return NULL;
}

static void thread_time(void)
{
	volatile uint32_t words[1] = { 0 };
	pthread_t thread;

	MUST(!pthread_create(&thread, NULL, owns_timer, (void *)words));
	await_word(&words[0], 1);
	record_here();
	MUST(!pthread_join(thread, NULL));
}

static void large_id(void)
{
	struct sigevent event = { .sigev_notify = SIGEV_NONE };
	int id = 0;

	for (int i = 0; i < 5000; i++) {
		MUST(!i || !syscall(SYS_timer_delete, id));
		MUST(!syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &id));
	}
	record_here();
	MUST(!syscall(SYS_timer_delete, id));
}

static void deadline(void)
{
	struct sched_attr attr = {
		.size = sizeof(attr), .sched_policy = SCHED_DEADLINE,
		.sched_runtime = 10000000, .sched_deadline = 50000000, .sched_period = 50000000,
	};
	volatile uint32_t *words = share_words();
	pid_t child = fork();

	if (!child) {
		MUST(!syscall(SYS_sched_setattr, 0, &attr, 0));
		words[0] = 1;
		await_restart();
		SAME(syscall(SYS_sched_getscheduler, 0), SCHED_DEADLINE);
		_exit(0);
	}
	await_word(&words[0], 1);
	record_here();
	MUST(waitpid(child, NULL, 0) == child);
}

static const struct refusal_row refusals[] = {
	{ "a task that another traces", traced, "it is traced by pid" },
	{ "System V shared memory", system_v_memory, "System V shared memory" },
	{ "a mapped file that has been deleted", deleted_file, "the file has been deleted" },
	{ "a process whose main thread has ended", dead_leader, "its main thread has ended, but not its other threads" },
	{ "a timer of one thread's CPU time", thread_time, "it counts the CPU time of one of several threads" },
	{ "a timer with a large id", large_id, "its id is too large" },
	{ "SCHED_DEADLINE", deadline, "SCHED_DEADLINE" },
};

static const struct group restored_refused_groups[] = { REFUSALS(refusals) };
SUITE(restored_refused);
