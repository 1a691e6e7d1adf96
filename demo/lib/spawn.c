// SPDX-License-Identifier: GPL-2.0
/*
 * How the tasks agree, without a clock: a parent gives each child a pipe, on
 * which the child says that its subtree is complete, or what failed; a child
 * that dies says so by closing it.  One more pipe, from the caller to all, lets
 * them go: a byte for each task.  If the caller dies or gives up instead, they
 * read its end, and exit.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "report.h"
#include "spawn.h"

#define SPAWN_BOUND_MS 10000
#define KILL_BOUND_MS  10000

enum step { STEP_DONE, STEP_PIPE, STEP_ERRAND, STEP_CREATE, STEP_SESSION, STEP_GROUP, STEP_STATE, STEP_DIED };

static const char *const step_name[] = {
	[STEP_DONE] = "done", [STEP_PIPE] = "pipe", [STEP_ERRAND] = "errand", [STEP_CREATE] = "create",
	[STEP_SESSION] = "setsid", [STEP_GROUP] = "setpgid", [STEP_STATE] = "map its state",
	[STEP_DIED] = "wait for it: it ended",
};

/* What a task says of its subtree. */
struct word {
	enum step step;
	int task;		/* which task the step was about */
	int error;
};

static ssize_t read_retry(int fd, void *buf, size_t size)
{
	ssize_t n;

	do
		n = read(fd, buf, size);
	while (n < 0 && errno == EINTR);
	return n;
}

static void run_task(struct spawn *spawn, int id, int say_fd, int release_fd)
	__attribute__((noreturn));

static void say_and_exit(int fd, struct word word)
{
	if (write(fd, &word, sizeof(word)) != sizeof(word))
		_exit(3);
	_exit(EXIT_FAILED);
}

static int run_errands(int n)
{
	while (n--) {
		int status;
		pid_t pid = clone_without_pids(0, NULL, 0);

		if (!pid)
			_exit(0);
		if (pid < 0 || waitpid(pid, &status, 0) != pid)
			return -1;
	}
	return 0;
}

/*
 * Create the task id and wait for the word on its subtree.  In the caller of
 * spawn_tree() the wait is bounded; the tasks below it are killed with it.
 */
static struct word create_subtree(struct spawn *spawn, int id, int release_fd, int bound_ms, pid_t *pid)
{
	const struct spawn_task *t = &spawn->task[id];
	struct word word = { STEP_DIED, id, 0 };
	struct pollfd p = { .events = POLLIN };
	int fds[2];

	if (run_errands(t->errands))
		return (struct word){ STEP_ERRAND, id, errno };
	if (pipe(fds))
		return (struct word){ STEP_PIPE, id, errno };

	*pid = spawn->create(t->new_pid_ns ? CLONE_NEWPID : 0, t->pids, t->nr_pids);
	if (!*pid) {
		close(fds[0]);
		run_task(spawn, id, fds[1], release_fd);
	}
	if (*pid < 0)
		word = (struct word){ STEP_CREATE, id, errno };
	close(fds[1]);
	if (*pid > 0) {
		p.fd = fds[0];
		if (!poll(&p, 1, bound_ms))
			word.error = ETIMEDOUT;
		else if (read_retry(fds[0], &word, sizeof(word)) < 0)
			word.error = errno;
	}
	close(fds[0]);
	return word;
}

/* The first steps of a task, before it has children. */
static struct word become(struct spawn *spawn, int id, struct app_state **state)
{
	const struct spawn_task *t = &spawn->task[id];
	struct app_state fresh = { .magic = APP_STATE_MAGIC, .id = id, .parent = getppid() };

	prctl(PR_SET_NAME, t->name);
	if (id == 0 && spawn->die_with_caller)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (t->new_session && setsid() < 0)
		return (struct word){ STEP_SESSION, id, errno };
	if (t->new_group && !t->new_session && setpgid(0, 0))
		return (struct word){ STEP_GROUP, id, errno };
	*state = app_state_map(t->state ? t->state : &fresh);
	if (!*state)
		return (struct word){ STEP_STATE, id, errno };
	return (struct word){ STEP_DONE, id, 0 };
}

/*
 * The first task, and with it all, give up the caller's files: a pipe that the
 * caller's output goes to must not stay open for as long as the tree lives.
 */
static void leave_callers_files(int say_fd, int release_fd)
{
	int null = open("/dev/null", O_RDWR);

	for (int fd = 0; fd <= 2; fd++)
		dup2(null, fd);
	for (int fd = 3; fd < 256; fd++)
		if (fd != say_fd && fd != release_fd)
			close(fd);
}

static void run_task(struct spawn *spawn, int id, int say_fd, int release_fd)
{
	struct app_state *state = NULL;
	struct word word = become(spawn, id, &state);
	char byte;

	/* This also closes the caller's end of release_fd, or its death would go unnoticed. */
	if (id == 0)
		leave_callers_files(say_fd, release_fd);
	if (word.step != STEP_DONE)
		say_and_exit(say_fd, word);
	for (int c = id + 1; c < spawn->n; c++) {
		pid_t pid;

		if (spawn->task[c].parent != id)
			continue;
		word = create_subtree(spawn, c, release_fd, -1, &pid);
		if (word.step != STEP_DONE)
			say_and_exit(say_fd, word);
		if (!spawn->task[id].state)
			state->child[c] = pid;
	}

	word = (struct word){ STEP_DONE, id, 0 };
	if (write(say_fd, &word, sizeof(word)) != sizeof(word))
		_exit(EXIT_FAILED);
	close(say_fd);
	if (read_retry(release_fd, &byte, 1) != 1)
		_exit(EXIT_FAILED);
	close(release_fd);
	app_run(state);
}

static void report_word(const struct spawn *spawn, const struct word *word)
{
	const struct spawn_task *t = &spawn->task[word->task];
	char pids[MAX_LEVELS * 7] = "";
	size_t len = 0;

	if (word->step != STEP_CREATE) {
		report(word->error, "task `%s': %s", t->name, step_name[word->step]);
		return;
	}
	for (unsigned int i = 0; i < t->nr_pids; i++)
		len += snprintf(pids + len, sizeof(pids) - len, " %d", t->pids[i]);
	report(word->error, "task `%s': %s%s%s", t->name, spawn->create_name,
	       t->nr_pids ? " with pids" : "", pids);
}

int spawn_tree(struct spawn *spawn)
{
	struct word word;
	int fds[2];

	spawn->failed_errno = 0;
	spawn->root = -1;
	spawn->release_fd = -1;
	if (pipe(fds)) {
		report(errno, "create a pipe");
		return -1;
	}
	/* Inherited by all: nobody may lose a message before it listens. */
	app_block_messages();
	fflush(NULL);

	spawn->release_fd = fds[1];
	word = create_subtree(spawn, 0, fds[0], SPAWN_BOUND_MS, &spawn->root);
	close(fds[0]);
	if (word.step == STEP_DONE)
		return 0;

	report_word(spawn, &word);
	spawn->failed_task = word.task;
	if (word.step == STEP_CREATE)
		spawn->failed_errno = word.error;
	spawn_abort(spawn);
	return -1;
}

int spawn_release(struct spawn *spawn)
{
	char bytes[APP_TASKS_MAX] = "";
	ssize_t n = write(spawn->release_fd, bytes, spawn->n);

	if (n != spawn->n) {
		report(n < 0 ? errno : EPIPE, "let the tree go");
		return -1;
	}
	close(spawn->release_fd);
	spawn->release_fd = -1;
	return 0;
}

void spawn_abort(struct spawn *spawn)
{
	if (spawn->release_fd >= 0)
		close(spawn->release_fd);
	spawn->release_fd = -1;
	if (spawn->root > 0)
		kill_tree(spawn->root);
	spawn->root = -1;
}

int wait_until_reaped(pid_t pid, int bound_ms)
{
	long deadline = now_ms() + bound_ms;

	while (!kill(pid, 0)) {
		if (now_ms() > deadline) {
			errno = ETIMEDOUT;
			return -1;
		}
		sleep_ms(5);
	}
	return errno == ESRCH ? 0 : -1;
}

int kill_tree(pid_t root)
{
	int status;

	if (kill(root, SIGKILL)) {
		report(errno, "kill the tree below pid %d", root);
		return -1;
	}
	if (wait_bounded(root, &status, __WALL, KILL_BOUND_MS) &&
	    (errno != ECHILD || wait_until_reaped(root, KILL_BOUND_MS))) {
		report(errno, "wait for the tree below pid %d to end", root);
		return -1;
	}
	return 0;
}
