/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Given: the model of a recorded tree, and the reader of the text images that hold one.
 *
 * An image has one line for each task, parents first; `#' begins a comment:
 *
 *	# name    parent   session  group    pids, oldest namespace first
 *	server    -        server   server   5201
 *	box       server   server   server   5202 1
 *	worker    box      server   worker   5203 7
 *
 * parent, session and group are names of tasks: the parent, the leader of the session, the leader of the process group.
 * A `-' is restart itself, or what restart has.  A task with one pid more than its parent is the init of a new pid
 * namespace, and its last pid is 1.  Restart itself has one pid: it is in the oldest namespace of the image.
 */
#ifndef GIVEN_H
#define GIVEN_H

#include <sys/types.h>

#define MAX_TASKS  40
#define MAX_PIDS   33		/* the kernel's limit: 32 pid namespaces below the first one */
#define NONE       (-1)		/* restart itself */

struct recorded {
	char name[16];
	int parent;		/* these three are indices in the image, or NONE */
	int session;		/* its leader; the task's own index: it leads it */
	int group;		/* the same of its process group */
	int levels;		/* how many entries pid[] has */
	pid_t pid[MAX_PIDS];	/* oldest namespace first */
};

struct image {
	struct recorded task[MAX_TASKS];	/* parents before their children */
	int n;
};

/* Read an image.  Returns 0, or -1 with a message on stderr, which names the file and the line. */
int image_read(struct image *image, const char *path);

/*
 * What a task tells restart: it was born; it has all that it is to have, children included; or it has failed, with this
 * errno.
 */
struct word {
	enum { BORN, COMPLETE, FAILED } what;
	int task;		/* index in the image */
	int error;
};

/* Make the pipe for these words; before the first task is created.  0, or -1 with a message. */
int words_open(void);

/* Say a word, with the current errno.  Any task may do so at any time. */
void tell(int what, int task);

/* Restart itself says no more: only tasks can now. */
void words_close(void);

/* Wait for a word.  1, or 0 when nobody is left who could say one: every task is dead. */
int hear(struct word *word);

#endif
