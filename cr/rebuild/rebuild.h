/* SPDX-License-Identifier: GPL-2.0 */
/* The parts of a restart: each turns its part of the image into state of held tasks.  restart.c puts them together. */
#ifndef REBUILD_H
#define REBUILD_H

#include "cr/create/create.h"
#include "cr/image/image.h"
#include "cr/plan/plan.h"
#include "cr/hold/remote.h"
#include "cr/kinds/rebuild.h"
#include "restart.h"

struct builder {
	const struct image *image;
	const struct restart_options *options;
	struct plan plan;
	struct share share;
	int mem;			/* /proc/self/mem, for processes that share memory; -1: none do */
	struct creation creation;
	struct remote *remote;		/* by tasks[]; for a zombie, only tid is set */
	/*
	 * The kernel's own mappings, and an `int $0x80' there: at the same addresses in this program and all processes.
	 */
	struct range vvar, vdso;
	unsigned long int80;

	/* This program's descriptors, by mapped[], shared[] and mountss[] (of root directories); -1: none. */
	int *mapped_fd, *shared_fd, *mounts_root;
	pid_t *mounts_first;		/* the first process of each of mountss[] */
	struct reopening open;		/* what the kinds of open files need of this */
};

/* All of them return 0, or -1 when an error has been reported. */

/* Prepare what must exist before the processes do; then, when they exist, open what they had open and mapped. */
int rebuild_objects_begin(struct builder *b);
int rebuild_objects(struct builder *b);
void rebuild_objects_close(struct builder *b);

/* The part of these for open file descriptions, what they refer to, and what replaces those from outside.  files.c */
int rebuild_opens_early(struct builder *b);
int rebuild_opens(struct builder *b);

/* Compare the mount namespaces of the new processes with the image. */
int rebuild_find_mounts(struct builder *b);

/* Set the foreground group of the terminal of the session that tasks[index] leads.  terminal.c */
int rebuild_terminal(struct builder *b, int index);

/* Report that a system call of a held task failed, with its result; returns -1.  builder.c */
int rebuild_failed(const struct remote *r, const char *what, long ret);

/* Copy a descriptor of the restarting program into a task: its number there, or -1 with errno. */
int rebuild_get_fd(struct builder *b, struct remote *r, int fd);

/* Fill in vvar and vdso. */
int rebuild_find_specials(struct builder *b);

/* Put each process into its process group.  groups.c */
int rebuild_groups(struct builder *b);

/* Let the zombies end, then the stand-ins: afterwards each process has its old parent.  ends.c */
int rebuild_ends(struct builder *b);

/*
 * Stop the processes that were stopped, each by its own signal.  Call this when all are in their groups and before they
 * are rebuilt, which discards the SIGCHLD that their parents get.  stops.c
 */
int rebuild_stops(struct builder *b);

/*
 * Make the mappings of a process with their contents, including its pages in the window, which is then unmapped.
 * mappings.c
 */
int rebuild_mappings(struct builder *b, struct remote *r, int32_t process);

/* Rebuild the memory, and what else the threads share, of the process whose leader is tasks[index]. */
int rebuild_memory(struct builder *b, int index);
int rebuild_process(struct builder *b, int index);

/* Restore settings that may lock new memory, or keep it from becoming code: when the memory is complete. */
int rebuild_process_settings(struct remote *r, const struct process *p);

/* Create the threads of a process, which are held from birth. */
int rebuild_threads(struct builder *b, int index);

/* Rebuild what the thread tasks[index] has of its own; process leaders included. */
int rebuild_thread(struct builder *b, int index);
int rebuild_scheduling(struct remote *r, const struct thread *t);
int rebuild_thread_settings(struct remote *r, const struct thread *t);
int rebuild_credentials(struct remote *r, const struct thread *t);

/*
 * The last step for a process, when its threads are complete: timers, and settings that a change of credentials would
 * undo or that would hinder us.
 */
int rebuild_process_end(struct builder *b, int index);

/* Compare what the kernel reports of the new tree with the image. */
int rebuild_compare(struct builder *b);

#endif
