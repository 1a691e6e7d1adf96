/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The application that is checkpointed and restarted.
 *
 * Nine tasks in three nested containers.  Each remembers the pids it was told
 * when it was young: a parent its children's, as fork returned them, and a
 * child its parent's, as getppid() said.  With these pids they send each other
 * messages for as long as they live.  Nothing is ever looked up again, which is
 * what most programs do with pids, and why a restart has to give them back.
 *
 * It cooperates with its checkpoint in one way: all that a task knows stands in
 * a struct app_state at a fixed address, and is whole while busy is 0.
 */
#ifndef APP_H
#define APP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>

#define APP_TASKS_MAX 32

/* One task of the application as it is first started. */
struct app_task {
	const char *name;
	int parent;		/* index in app_tasks, -1: the first */
	bool new_pid_ns;	/* the init of a container of its own */
	bool new_session;
	bool new_group;		/* leads a process group of its own */
	int errands;		/* children that come and go before it is born */
};

extern const struct app_task app_tasks[];
extern const int app_n_tasks;

/* Where the state of each task is mapped: far from program, heap and stack. */
#define APP_STATE_ADDRESS 0x20000000UL
#define APP_STATE_MAGIC   0x61707031u		/* "app1" */

struct app_state {
	unsigned int magic;
	int id;			/* index in the application's list of tasks */
	atomic_int busy;	/* not 0 in the middle of a step */
	pid_t parent;		/* remembered; 0: it was not visible from here */
	pid_t child[APP_TASKS_MAX];	/* remembered, by id; 0: not a child */

	unsigned int steps;	/* the counter: one each 20 ms */
	unsigned int sent;	/* messages to children */
	unsigned int answered;	/* of those, answers that came back */
	unsigned int heard;	/* messages from the parent */
	unsigned int lost;	/* no task has the remembered pid (ESRCH) */
	unsigned int strange;	/* received, but meant for another task */
};

/* Map the state at its address and copy what is known of it; the mapping, or NULL with errno. */
struct app_state *app_state_map(const struct app_state *from);

/* Live and work with this state: never returns.  The messages' signals must be blocked. */
void app_run(struct app_state *state) __attribute__((noreturn));

/* Block the signals that carry messages, so that none is lost before app_run(). */
void app_block_messages(void);

/*
 * Read the state of a task of the application.  Returns 0, or -1 with errno:
 * ENOEXEC if the task is not one of the application's.
 */
int app_state_read(pid_t pid, struct app_state *state);

/*
 * Start the application: returns the pid of its first task, a child of the
 * caller, or -1 when an error has been reported.  With die_with_caller the
 * application is killed when the caller ends.
 */
pid_t app_start(bool die_with_caller);

#endif
