// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "calls.h"
#include "lib/wait.h"
#include "roundtrip.h"
#include "various.h"

static volatile uint32_t *word;

static void *count(void *arg)
{
	for (;;) {
		++*(volatile uint32_t *)arg;
		sleep_ms(1);
	}
	return NULL;
}

static void be_worker(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	MUST(!raise(SIGUSR1));
	word[1] = 1;
	for (;;)
		sleep(1000);
}

static void be_inner_init(void)
{
	if (!fork()) {
		MUST(setsid() > 0);
		word[2] = 1;
		for (;;)
			pause();
	}
	for (;;)
		pause();
}

/* Files of each kind; returns the end of the pipe that has bytes in it. */
static int open_files(int *file)
{
	int fds[2];

	MUST(!pipe(fds) && write(fds[1], "bytes", 5) == 5);
	MUST(mkfifo("fifo", 0600) == 0 && open("fifo", O_RDWR) >= 0);
	MUST(open("/dev/ptmx", O_RDWR | O_NOCTTY) >= 0);
	MUST(open(".", O_RDONLY | O_DIRECTORY) >= 0 && open(".", O_PATH) >= 0 && eventfd(3, EFD_SEMAPHORE) >= 0);
	*file = open("unlinked", O_CREAT | O_RDWR, 0600);
	MUST(*file >= 0 && open("unlinked", O_RDONLY) >= 0 && !unlink("unlinked") && write(*file, "contents", 8) == 8);
	return fds[0];
}

void various_tree(void)
{
	static pthread_t thread;
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR2 };
	const struct itimerspec later = { .it_value.tv_sec = 10000 };
	int file, from;
	char buf[8];
	siginfo_t info;
	timer_t timer;
	uint32_t was;
	pid_t zombie;

	word = share_words();
	if (!fork())
		be_worker();
	zombie = fork();
	if (!zombie)
		_exit(7);
	MUST(!waitid(P_PID, zombie, &info, WEXITED | WNOWAIT));
	if (!plain_clone(CLONE_NEWPID))
		be_inner_init();
	await_word(&word[1], 1);
	await_word(&word[2], 1);
	from = open_files(&file);
	MUST(!timer_create(CLOCK_MONOTONIC, &event, &timer) && !timer_settime(timer, 0, &later, NULL));
	MUST(!pthread_create(&thread, NULL, count, (void *)&word[3]));
	while (!word[3])
		sleep_ms(1);
	record_here();
	was = word[3];
	MUST(read(from, buf, sizeof(buf)) == 5 && !memcmp(buf, "bytes", 5));
	MUST(pread(file, buf, sizeof(buf), 0) == 8 && !memcmp(buf, "contents", 8));
	while (word[3] == was)
		sleep_ms(1);
}
