/* SPDX-License-Identifier: GPL-2.0 */
/* The parts of a checkpoint: each fills its part of the image from held tasks.  checkpoint.c puts them together. */
#ifndef RECORD_H
#define RECORD_H

#include "file_id.h"
#include "page_owners.h"
#include "page_store.h"
#include "cr/format/file.h"
#include "cr/hold/held.h"
#include "cr/kinds/record.h"

/* What we note of a held task in addition to what the image has. */
struct note {
	uint32_t tty;			/* the device of its controlling terminal; 0: none */
	pid_t foreground;		/* that terminal's foreground group */
	uint32_t n_pending;		/* process.c: how many of its own signals are to be recorded */
};

struct recorder {
	struct held_tree tree;
	struct note *notes;		/* by the index of a held task */
	struct task own;		/* this program: its namespaces */
	struct image image;		/* without its processes: each is written when it is recorded, and forgotten */
	uint32_t n_processes;		/* how many have been recorded */
	struct page_owners owners;	/* memory.c: which of them owns the pages that several share */
	struct page_store pages;	/* memory.c: the pages of the process that is being recorded */
	struct page_store shared_pages;	/* mappings.c: the pages of image.shared */
	struct image_writer writer;
	struct recording open;		/* files.c: the part of the image that the kinds of open files fill in */
	uint32_t *sorted;		/* indices of image.opens, sorted by inode and then as kcmp() orders them */
	unsigned long *shared;		/* mappings.c: the inode of each of image.shared */
	struct mount_view *views;	/* mount_view.h: the mounts of the caller, and of each of image.mountss */
};

/*
 * All of them return 0, or -1 when refuse() has reported what cannot be recorded.  System calls injected into the task
 * read what no file tells.  For that the task has a scratch page from the middle of record_process() on; a thread uses
 * its leader's.
 */

/*
 * Record the task's place in the tree and its note; for a zombie, everything.  Call this in the order of the tree.
 * identity.c
 */
int record_place(struct recorder *rec, struct held *h);

/* Record its name and pids.  For a process, call this once it has the scratch page: see held_status(). */
int record_identity(struct recorder *rec, struct held *h);

/* Refuse tasks that share what processes must have for themselves.  sharing.c */
int record_check_sharing(const struct recorder *rec);

/* Record a process, whose leader is h, and its memory and files; record a thread. */
int record_process(struct recorder *rec, struct held *h, struct process *p);
int record_memory(struct recorder *rec, struct held *h, struct process *p);
int record_files(struct recorder *rec, struct held *h, struct process *p);
int record_thread(struct recorder *rec, struct held *h, struct thread *t);

/* Record the settings of a thread and of a process. */
int record_thread_settings(struct held *h, struct thread *t);
int record_process_settings(struct held *h, struct process *p);

/* Refuse settings that an image cannot hold, and those with which no system call can be injected.  Call this first. */
int record_check_settings(const struct recorder *rec);

/* Count the signals pending for the thread or, if shared, for its process; record the first `bound' of them. */
int count_pending(const struct held *h, bool shared, uint32_t *n);
int record_pending(const struct held *h, bool shared, uint32_t bound, struct pending **list, uint32_t *n);

/* Record which namespaces the task has of its own and which it shares.  namespaces.c */
int record_namespaces(struct recorder *rec, struct held *h);

/*
 * Record the mount namespaces of all tasks before anything else: what a task has open and mapped may have been opened
 * through any of them.  mounts.c
 */
int record_all_mounts(struct recorder *rec);
void record_forget_mounts(struct recorder *rec);

/* What a mount forbids, as statfs() reports it (include/linux/statfs.h), without the access time options. */
enum { BOUND_RDONLY = 1, BOUND_NOSUID = 2, BOUND_NODEV = 4, BOUND_NOEXEC = 8, BOUND_NOSYMFOLLOW = 0x2000 };

/* Does the path lead to this file, through this mount, in that mount namespace? */
bool record_leads_to(const struct recorder *rec, int mounts, const char *path, const struct file_id *id);

/*
 * Find the mount namespace in which a path leads to what the task has open or mapped (a link of /proc).  *mounts is its
 * index in image.mountss; -1: the caller's.  Returns NULL, or why it could not be opened again in that way.
 */
const char *record_way_to(const struct recorder *rec, pid_t tid, const char *link, const char *path,
			  const struct file_id *id, int32_t *mounts);

/* The same for a deleted file, which will be created again in the directory. */
const char *record_way_of_deleted(const struct recorder *rec, pid_t tid, const char *link, const char *directory,
				  int mount, int32_t *mounts);

/*
 * Check that the task's namespace of this kind is its parent's or a new one.  *first becomes the parent's index in the
 * tree, or -1 if the namespace is not the parent's.  Returns 0, or -1 when reported.
 */
int record_inherited(const struct recorder *rec, const struct held *h, enum ns_kind kind, int *first);

/*
 * Before the tree is killed: refuse if a process outside it is a member of one of its process groups or sessions.  The
 * number would stay taken, and the tree could not come back.  With only_warn, report it and continue.  outsiders.c
 */
int record_check_outsiders(const struct recorder *rec, bool only_warn);

/* After all processes: record the contents of pipes and terminals, and check that all their ends are in the tree. */
int record_objects(struct recorder *rec);

/* Record whose terminals they are.  Call this when it is known which are in the tree.  terminals.c */
int record_terminals(struct recorder *rec);

/* Report which standard descriptors will not come back.  Call this when the image has been written.  terminals.c */
void record_say_outside(const struct recorder *rec);

/*
 * Before the tree is killed: if one of its tasks is in the foreground of a terminal outside and has turned off echo or
 * line mode, turn both on again for whoever reads from it next.
 */
void record_free_terminal(const struct recorder *rec);

/*
 * Record the mappings of a process, and the contents of shared anonymous memory.  Nothing of ours may be mapped into it
 * yet.
 */
int record_mappings(struct recorder *rec, const struct held *h, struct process *p);

/* One run of pages is at most this long, so that neither side needs one large piece of memory. */
#define RECORD_RUN (256 * PAGE_BYTES)

/* Does the kernel's name for a file say that it has been deleted? */
bool record_name_is_deleted(const char *name);

/*
 * The index in image.mapped of the file behind a link of /proc/PID, whose name is this; appended if it is new.  -1 when
 * reported.
 */
int record_mapped(struct recorder *rec, const struct held *h, const char *link, const char *name, bool writable, bool runs);

#endif
