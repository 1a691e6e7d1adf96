/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a checkpoint records of a tree of tasks.  cr/record fills this model; cr/format writes, reads, checks and prints
 * it; cr/rebuild turns it into tasks again.  docs/image-format.md describes the file.
 *
 * Addresses and paths are those that the recorded tasks see.  Pids are listed oldest namespace first, as
 * clone_with_pids() takes them.  Indices refer to the arrays of struct image; -1 means none.  The image owns
 * everything: image_free().
 */
#ifndef IMAGE_H
#define IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "numbers.h"
#include "open.h"

/* Bounds: a restart refuses an image that exceeds them, and a checkpoint refuses a tree that does. */
#define TASKS_MAX	2048
#define FDS_MAX		1024		/* descriptors of one process */
#define VMAS_MAX	4096		/* mappings of one process */
#define PATH_SIZE	4096
#define NAME_SIZE	16		/* TASK_COMM_LEN, with the final 0 */
#define SIGNALS		64		/* _NSIG of i386: 1..64 */
#define PID_LIMIT	32768		/* PID_MAX_LIMIT of a 32-bit kernel */
#define FD_LIMIT	1024		/* descriptor numbers are less than this */
#define GROUPS_MAX	1024		/* supplementary groups of one task: as many as fit into a page */
#define TIMER_ID_MAX	4096
#define MOUNT_FLAGS	(MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME | MS_NODIRATIME | MS_RELATIME | \
			 MS_NOSYMFOLLOW)	/* the flags of <sys/mount.h> that a mount has */
#define MOUNTS_MAX	1024		/* mounts of one mount namespace */
#define PTYS_MAX	256		/* N of /dev/pts/N is less than this */
#define PAGE_BYTES	4096UL
#define TASK_END	0xc0000000UL	/* TASK_SIZE of i386 with the usual split */

/*
 * Namespaces.  Those that the recorded tree shares with the checkpoint's caller are not recorded: a task that is in one
 * has -1 there, and a restart leaves its own in place.
 */
struct uts {
	char nodename[65], domainname[65];
};

/* A mount that must exist at the restart, too, which can only set its flags. */
struct mount_point {
	uint32_t flags;			/* MS_RDONLY, MS_NOSUID ...: those of the mount, not of its super block */
	char *point;
	char *what;			/* root, type and source as in mountinfo, then the super block's `ro' or `rw' */
};

struct mounts {
	/*
	 * Only the uppermost mount on /proc may be another one than the caller's: the proc of the pid namespace whose
	 * init is this one of tasks[]; -1: /proc is inherited.
	 */
	int32_t proc_of;
	uint32_t proc_flags;		/* the flags and the source of the uppermost mount on /proc */
	char proc_source[64];
	uint32_t n_points;		/* all mounts that are not on /proc, sorted by mount point */
	struct mount_point *points;
};

struct fd {
	uint32_t number;
	int32_t open;			/* opens[] */
	bool cloexec;
};

enum vma_kind {
	VMA_ANON,			/* private, heap and stack included */
	VMA_FILE,			/* of a regular file, private or shared */
	VMA_SHARED_ANON,		/* object: shared[] */
	VMA_VDSO, VMA_VVAR,
	VMA_KINDS
};

struct vma {
	uint32_t start, end;
	uint32_t kind;
	uint32_t prot;			/* PROT_* */
	uint32_t flags;			/* MAP_PRIVATE, _SHARED, _GROWSDOWN, _NORESERVE, _LOCKED; _NONBLOCK: on fault */
	uint64_t offset;		/* in the file or object, in bytes */
	int32_t object;			/* VMA_FILE: mapped[]; VMA_SHARED_ANON: shared[]; else -1 */
	uint32_t advice;		/* bits: 1 << MADV_DONTFORK and the like; see cr/record/mappings.c */
};

/* A mapped file.  A restart opens it by its path, and refuses it if it has changed. */
struct mapped_file {
	char *path;
	int32_t mounts;			/* as in struct open */
	bool writable;			/* shared mappings of it may be written to */
	uint64_t size, mtime_ns;
	uint32_t dev, ino;		/* to tell files apart during the checkpoint */
};

/*
 * A run of pages that differ from what a new mapping would contain.  They are copied as seldom as possible: of an image that
 * was read, they are in one of its bodies.
 */
struct pages {
	uint32_t start;			/* an address, or an offset in a shared object, in bytes */
	struct blob data;		/* whole pages, which belong to somebody else */
};

/* A part of the file, or of the stream, with pages in it. */
struct body {
	void *data;
	size_t size;
};

/*
 * Pages that the process has shared with an earlier one since a fork(), copy on write: the same page frames in memory.
 */
struct borrowed {
	uint32_t start, size;		/* an address, and bytes: whole pages */
	int32_t process;		/* the processes[] whose pages[] has them; less than the borrower's own index */
	uint32_t from;			/* their address in that process */
};

struct shared_memory {
	uint64_t size;
	uint32_t n_pages;
	struct pages *pages;
};

/* struct sigaction as the kernel has it (i386). */
struct action {
	uint32_t handler, flags, restorer;
	uint64_t mask;
};

struct posix_timer {
	int32_t id;
	uint32_t clock, notify, signo, value;	/* struct sigevent's */
	int32_t notify_task;			/* SIGEV_THREAD_ID: the one of tasks[]; else -1 */
	int64_t left_ns, interval_ns;
	uint32_t overrun;
};

struct pending {
	unsigned char info[128];	/* siginfo_t */
};

/* What the threads of a process share. */
struct process {
	/* Memory. */
	uint32_t n_vmas, n_pages, n_borrowed;
	struct vma *vmas;		/* sorted by address, no two overlap */
	struct pages *pages;		/* like borrowed sorted by address; no page is in both */
	struct borrowed *borrowed;
	uint32_t start_code, end_code, start_data, end_data, start_brk, brk, start_stack;
	uint32_t arg_start, arg_end, env_start, env_end;
	struct blob auxv;
	int32_t exe;			/* mapped[] */
	bool dumpable;
	/* Files. */
	uint32_t n_fds;
	struct fd *fds;			/* sorted by number */
	char *cwd, *root;
	uint32_t umask;
	/* Signals and time. */
	struct action actions[SIGNALS];	/* [0] is signal 1 */
	uint32_t n_pending;
	struct pending *pending;
	int64_t itimer_left_ns[3], itimer_interval_ns[3];
	uint32_t n_timers;
	struct posix_timer *timers;
	/* Limits. */
	uint64_t rlimit_soft[16], rlimit_hard[16];
	int32_t oom_score_adj;
	bool subreaper;
	/* Settings that /proc does not show. */
	uint32_t membarrier;		/* bits: the membarrier() commands that have registered it */
	uint32_t mlock_future;		/* MCL_FUTURE, perhaps with MCL_ONFAULT; 0: neither */
	uint32_t mdwe;			/* PR_MDWE_* */
	bool thp_disable;
	uint32_t stop_signal;		/* it was stopped by this signal; 0: it was not */
};

/* What each thread has of its own. */
struct thread {
	uint32_t regs[17];		/* struct user_regs_struct of i386 */
	uint32_t fpu_kind;		/* NT_PRXFPREG or NT_X86_XSTATE */
	struct blob fpu;
	uint32_t tls[3][4];		/* struct user_desc of GDT entries 6, 7 and 8 */
	uint64_t blocked;
	uint32_t n_pending;
	struct pending *pending;
	uint32_t altstack_sp, altstack_size, altstack_flags;
	uint32_t robust_list, robust_list_size, clear_child_tid;
	uint32_t rseq, rseq_size, rseq_signature;	/* 0: not registered */
	int32_t nice;
	uint32_t policy, priority;	/* SCHED_* */
	uint64_t slice_ns;		/* the time slice of SCHED_OTHER and SCHED_BATCH; 0: another policy */
	uint64_t affinity;		/* bit N: CPU N; 0: any */
	uint64_t timer_slack_ns;
	uint32_t io_priority;		/* as ioprio_get() returns it */
	uint32_t mce_kill;		/* PR_MCE_KILL_LATE, EARLY or DEFAULT */
	bool io_flusher, no_tsc;	/* PR_SET_IO_FLUSHER; PR_SET_TSC: reading the time-stamp counter is a fault */
	uint32_t parent_death_signal;
	uint32_t personality;
	/* Credentials. */
	uint32_t uid[4], gid[4];	/* real, effective, saved, file system */
	uint32_t n_groups;
	uint32_t *groups;
	uint64_t inheritable, permitted, effective, bounding, ambient;
	uint32_t securebits;
	bool no_new_privs;
};

enum task_kind { TASK_PROCESS, TASK_THREAD, TASK_ZOMBIE };

struct recorded_task {
	uint32_t kind;
	char name[NAME_SIZE];
	int32_t parent;			/* tasks[]: a process's parent, a thread's leader; -1: it is the first task */
	struct numbers pid, pgid, sid;
	bool pgid_outside, sid_outside;	/* of no task of the tree, alive or dead: a restart uses its own */
	bool new_pid_ns;		/* its init: pid.nr[levels - 1] is 1 */
	int32_t uts, mounts;		/* utss[], mountss[]; -1: the caller's */
	int32_t children_ns;		/* tasks[]: the init of its children's pid namespace; -1: its own */
	int32_t terminal;		/* ptys[]: its controlling terminal; -1: none, or the restart's */
	uint32_t exit_signal;		/* the signal that its parent gets */
	uint32_t exit_status;		/* TASK_ZOMBIE: the wait status, as from wait4() */
	bool stop_unheard;		/* it is stopped, and its parent has not waited for that yet */
	int32_t process;		/* processes[]; -1 for a zombie */
	int32_t thread;			/* threads[]; -1 for a zombie */
};

#define IMAGE_ARRAY(type, name) uint32_t n_##name; type *name

struct image {
	IMAGE_ARRAY(struct recorded_task, tasks);	/* parents before children, leaders before threads */
	IMAGE_ARRAY(struct process, processes);
	IMAGE_ARRAY(struct thread, threads);
	IMAGE_ARRAY(struct open, opens);
	IMAGE_ARRAY(struct pipe, pipes);
	IMAGE_ARRAY(struct pty, ptys);
	IMAGE_ARRAY(struct terminal, terminals);	/* one, or none */
	IMAGE_ARRAY(struct mapped_file, mapped);
	IMAGE_ARRAY(struct shared_memory, shared);
	IMAGE_ARRAY(struct uts, utss);
	IMAGE_ARRAY(struct mounts, mountss);
	IMAGE_ARRAY(struct body, bodies);		/* of an image that was read */
};

#endif
