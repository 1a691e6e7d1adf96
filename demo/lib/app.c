// SPDX-License-Identifier: GPL-2.0
/*
 * The tasks of the application:
 *
 *   outer-init                 container 1: init, and session leader
 *    |- worker                 container 1
 *    |- group-leader           container 1, process group of its own
 *    |   `- group-member       container 1, in that group
 *    `- middle-init            container 2, inside 1
 *        |- session-leader     container 2, session of its own
 *        |   `- session-child  container 2, in that session
 *        `- inner-init         container 3, inside 2
 *            `- leaf           container 3
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/mman.h>

#include "app.h"
#include "report.h"
#include "spawn.h"

const struct app_task app_tasks[] = {
	{ "outer-init",     -1, .new_pid_ns = true, .new_session = true },
	{ "worker",          0, .errands = 2 },
	{ "group-leader",    0, .errands = 1, .new_group = true },
	{ "group-member",    2, .errands = 3 },
	{ "middle-init",     0, .errands = 2, .new_pid_ns = true },
	{ "session-leader",  4, .errands = 4, .new_session = true },
	{ "session-child",   5, .errands = 1 },
	{ "inner-init",      4, .errands = 1, .new_pid_ns = true },
	{ "leaf",            7, .errands = 5 },
};
const int app_n_tasks = sizeof(app_tasks) / sizeof(*app_tasks);

/* From parent to child, and the answer. */
#define SIG_MESSAGE (SIGRTMIN + 0)
#define SIG_ANSWER  (SIGRTMIN + 1)

#define STEP_MS 20

static void message_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIG_MESSAGE);
	sigaddset(set, SIG_ANSWER);
}

void app_block_messages(void)
{
	sigset_t set;

	message_signals(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

struct app_state *app_state_map(const struct app_state *from)
{
	struct app_state *s = mmap((void *)APP_STATE_ADDRESS, sizeof(*s), PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	if (s == MAP_FAILED)
		return NULL;
	memcpy(s, from, sizeof(*s));
	return s;
}

int app_state_read(pid_t pid, struct app_state *state)
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	n = pread(fd, state, sizeof(*state), APP_STATE_ADDRESS);
	close(fd);
	if (n != sizeof(*state) || state->magic != APP_STATE_MAGIC) {
		errno = ENOEXEC;
		return -1;
	}
	return 0;
}

/*
 * Send to a remembered pid.  The message names the task that it is meant for:
 * whoever else gets it knows that the pid was another's.
 */
static void send(struct app_state *s, pid_t pid, int to, int signal)
{
	union sigval meant_for = { .sival_int = to };

	if (sigqueue(pid, signal, meant_for) && errno == ESRCH)
		s->lost++;
}

static void step(struct app_state *s)
{
	s->busy = 1;
	s->steps++;
	for (int id = 0; id < APP_TASKS_MAX; id++) {
		if (!s->child[id])
			continue;
		s->sent++;
		send(s, s->child[id], id, SIG_MESSAGE);
	}
	s->busy = 0;
}

/* The sender's id is not in a message: an answer is meant for "the parent". */
#define TO_PARENT (-1)

static void receive(struct app_state *s, int signal, int meant_for)
{
	s->busy = 1;
	if (signal == SIG_ANSWER && meant_for == TO_PARENT) {
		s->answered++;
	} else if (signal == SIG_MESSAGE && meant_for == s->id) {
		s->heard++;
		if (s->parent)
			send(s, s->parent, TO_PARENT, SIG_ANSWER);
	} else {
		s->strange++;
	}
	s->busy = 0;
}

void app_run(struct app_state *s)
{
	struct timespec wait = { 0, STEP_MS * 1000000L };
	long next = now_ms() + STEP_MS;
	siginfo_t info;
	sigset_t set;

	message_signals(&set);
	for (;;) {
		int sig = sigtimedwait(&set, &info, &wait);
		long left;

		if (sig > 0)
			receive(s, sig, info.si_value.sival_int);
		left = next - now_ms();
		if (left <= 0) {
			step(s);
			next = now_ms() + STEP_MS;
			left = STEP_MS;
		}
		wait.tv_nsec = left * 1000000L;
	}
}

pid_t app_start(bool die_with_caller)
{
	struct spawn spawn = {
		.n = app_n_tasks,
		.create = clone_without_pids,
		.create_name = "clone",
		.die_with_caller = die_with_caller,
	};

	for (int id = 0; id < app_n_tasks; id++) {
		const struct app_task *t = &app_tasks[id];

		spawn.task[id] = (struct spawn_task){
			.name = t->name,
			.parent = t->parent,
			.new_pid_ns = t->new_pid_ns,
			.new_session = t->new_session,
			.new_group = t->new_group,
			.errands = t->errands,
		};
	}
	if (spawn_tree(&spawn))
		return -1;
	if (spawn_release(&spawn)) {
		spawn_abort(&spawn);
		return -1;
	}
	return spawn.root;
}
