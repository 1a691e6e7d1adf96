/* SPDX-License-Identifier: GPL-2.0 */
/* The parts of a checkpoint: each fills its part of the image from held tasks.  checkpoint.c puts them together. */
#ifndef RECORD_H
#define RECORD_H

#include "file_id.h"
#include "page_owners.h"
#include "cr/format/file.h"
#include "cr/hold/held.h"
#include "cr/kinds/record.h"

/* What is noted of a held task, beside what the image has of it. */
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
	uint32_t n_processes;		/* how many were */
	struct page_owners owners;	/* memory.c: who of them has the pages that several have */
	struct image_writer writer;
	struct recording open;		/* files.c: of the image, what the kinds of open files fill */
	uint32_t *sorted;		/* indices of image.opens, by what the kernel calls them */
	unsigned long *shared;		/* mappings.c: the inode of each of image.shared */
	struct mount_view *views;	/* mount_view.h: the mounts of the caller, and of each of image.mountss */
};

/*
 * All of them return 0, or -1 when refuse() has reported what cannot be recorded.  A task is asked for what no file tells:
 * it has a scratch page for that from the middle of record_process() on, a thread that of its leader.
 */

/* The task's place in the tree, and what is noted of it; of a zombie all.  In the order of the tree.  identity.c */
int record_place(struct recorder *rec, struct held *h);

/* Its name and pids.  For a process, when it has the scratch page: see held_status(). */
int record_identity(struct recorder *rec, struct held *h);

/* Does anybody share what processes have of their own?  sharing.c */
int record_check_sharing(const struct recorder *rec);

/* h is the process's leader. */
int record_process(struct recorder *rec, struct held *h, struct process *p);
int record_memory(struct recorder *rec, struct held *h, struct process *p);
int record_files(struct recorder *rec, struct held *h, struct process *p);
int record_thread(struct recorder *rec, struct held *h, struct thread *t);

/* Settings, of a thread and of a process. */
int record_thread_settings(struct held *h, struct thread *t);
int record_process_settings(struct held *h, struct process *p);

/* Settings that no image can hold, and those in which no task can be asked for anything: look for these first. */
int record_check_settings(const struct recorder *rec);

/* How many signals are pending for the thread, or shared, for its process; and the first `bound' of them. */
int count_pending(const struct held *h, bool shared, uint32_t *n);
int record_pending(const struct held *h, bool shared, uint32_t bound, struct pending **list, uint32_t *n);

/* Namespaces: what the task has of its own, or shares with others.  namespaces.c */
int record_namespaces(struct recorder *rec, struct held *h);

/*
 * Mount namespaces, of all tasks, before anything else is recorded of them: what the tasks have open and mapped may have
 * been opened by way of any of them.  mounts.c
 */
int record_all_mounts(struct recorder *rec);
void record_forget_mounts(struct recorder *rec);

/* What a mount forbids, as statfs() has it: include/linux/statfs.h.  Not how it keeps access times. */
enum { BOUND_RDONLY = 1, BOUND_NOSUID = 2, BOUND_NODEV = 4, BOUND_NOEXEC = 8, BOUND_NOSYMFOLLOW = 0x2000 };

/* Does the path lead to this very file, by way of this mount, with those mounts? */
bool record_leads_to(const struct recorder *rec, int mounts, const char *path, const struct file_id *id);

/*
 * By way of whose mounts does a path lead to what the task has open or mapped, behind a link of /proc?  The index in
 * image.mountss goes to *mounts; -1: the caller's.  Returns NULL, or why it cannot be opened so again.
 */
const char *record_way_to(const struct recorder *rec, pid_t tid, const char *link, const char *path,
			  const struct file_id *id, int32_t *mounts);

/* The same of a file that has no path any more, and is to be made again in the directory. */
const char *record_way_of_deleted(const struct recorder *rec, pid_t tid, const char *link, const char *directory,
				  int mount, int32_t *mounts);

/*
 * Is the namespace of this kind the parent's or a new one?  Where the task before it in the tree that has it stands
 * is its index, or -1.  0, or -1 when reported.
 */
int record_inherited(const struct recorder *rec, const struct held *h, enum ns_kind kind, int *first);

/*
 * Before the tree may be ended: does a process outside of it keep one of its numbers taken, as a member of a process
 * group or session?  Then the tree could not come back.  only_warn: report it, and go on.  outsiders.c
 */
int record_check_outsiders(const struct recorder *rec, bool only_warn);

/* After all processes: what pipes and terminals hold, and whether all their ends are in the tree. */
int record_objects(struct recorder *rec);

/* When it is known which terminals are in the tree: whose they are.  terminals.c */
int record_terminals(struct recorder *rec);

/* When the image is written: say what of the tree's standard descriptors will not come back.  terminals.c */
void record_say_outside(const struct recorder *rec);

/*
 * Before the tree is killed: a terminal outside that one of it is in the foreground of, and that it has told not to echo
 * or not to read by lines, does both again.  Who reads from it next finds it so.
 */
void record_free_terminal(const struct recorder *rec);

/* The mappings of a process, of shared anonymous memory the contents, too; nothing may be mapped into it before. */
int record_mappings(struct recorder *rec, const struct held *h, struct process *p);

/* One run of pages is at most this long, so that neither side needs one large piece of memory. */
#define RECORD_RUN (256 * PAGE_BYTES)

/* Does the name that the kernel shows for a file say that it has been deleted? */
bool record_name_is_deleted(const char *name);

/*
 * The index in image.mapped of the file behind a link of /proc/PID, whose name is this; appended if it is new.  -1 when
 * reported.
 */
int record_mapped(struct recorder *rec, const struct held *h, const char *link, const char *name, bool writable, bool runs);

#endif
