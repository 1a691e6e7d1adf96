/* SPDX-License-Identifier: GPL-2.0 */
/*
 * System calls made in another task, from outside.
 *
 * The task is held by ptrace.  A call puts its number and arguments into the task's registers, lets it run one
 * `int $0x80' in its vdso, and keeps the registers that it had.  So the task needs no code of ours and no stack:
 * of its memory nothing has to be mapped but the vdso.
 *
 * A tracer can be killed, and the kernel then lets its tasks run, from wherever they are.  That `int $0x80' is
 * therefore the one in front of the vdso's rt_sigreturn(), and the stack pointer is that of a signal frame (frame.h):
 * a task that nobody holds any more falls into it, and has the registers again with which it was found.
 */
#ifndef REMOTE_H
#define REMOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/user.h>

struct remote {
	pid_t tid;			/* as the caller sees it */
	int mem;			/* /proc/TID/mem */
	struct user_regs_struct regs;	/* to go on with; as found by remote_hold() */
	uint64_t mask;			/* blocked signals, to go on with; while it is held all are */
	int stop_signal;		/* it was stopped by this one, SIGSTOP or the like, and will be again; 0: it was not */
	bool blocked;			/* all of its signals are blocked, as long as it is held */
	bool running;			/* it was let go on, and has not been seen to stop since */
	bool in_call;			/* it stands at the end of a remote call */
	bool lost;			/* a call of it could not be followed to its end */
	bool stays;			/* it is to go on as it was if we are killed: calls are made with a frame */
	unsigned long frame_esp;	/* the stack pointer that makes its frame the current one; 0: no frame yet */
	struct frame *on_stack;		/* the frame stands on its own stack: what was there */
	unsigned int number;		/* of a thread in its process, from 1; of a leader: how many others there are */
	pid_t born;			/* the last thread that it created by a remote call */
	unsigned long int80;		/* address of an `int $0x80' in the task */
	unsigned long scratch;		/* a page of the task's memory for remote_put(); 0: none */
	size_t scratch_used;
};

/*
 * How the kernel notes in eax that an interrupted call is to be made again, or to go on: include/linux/errno.h.  Seen
 * by who traces a task, and never by the task.
 */
enum { ERESTARTSYS = 512, ERESTARTNOINTR = 513, ERESTARTNOHAND = 514, ERESTART_RESTARTBLOCK = 516 };

/* What a remote call returns when the task could not make it; errno says why. */
#define REMOTE_FAILED (-4096L)

/*
 * Take hold of a task that nobody traces: PTRACE_SEIZE, PTRACE_INTERRUPT, wait until it stops.  It stops where a
 * signal would be delivered, so that a system call it was in has ended, with one of the kernel's restart codes
 * in eax if it is to go on.  With exit_kill it is killed if the caller ends before it is released.
 * Bounded: 10 seconds.  0, or -1 with errno.
 */
int remote_hold(struct remote *r, pid_t tid, bool exit_kill);

/* A thread that a held task has created by remote_call(): it is held from its birth. */
int remote_adopt(struct remote *r, pid_t tid);

/*
 * Stop the process of a held task, which has no other threads yet, by a stop signal whose action is the default: when it
 * is let go on it stays stopped, and its parent hears of it now.  0; 1 if the kernel ignores that signal, as that of a
 * terminal in an orphaned process group; or -1 with errno.
 */
int remote_stop(struct remote *r, int sig);

/*
 * Bring the task to rest: stopped where a signal would be delivered, with r->regs and r->mask, needing no frame and
 * none of its scratch page.  0, or -1 with errno.
 */
int remote_rest(struct remote *r);

/*
 * Let the task go on with r->regs and r->mask: where it was, or where they say.  The kernel then delivers signals
 * and restarts an interrupted system call as if nothing had been.  0, or -1 with errno.
 */
int remote_release(struct remote *r);

/* Forget a task that has ended, or ends when the caller does. */
void remote_forget(struct remote *r);

/*
 * Map pages of memory into a process, by its leader: the scratch page, and one for the frame of each of its threads.
 * Another thread can then make calls by way of what the leader has.  They are taken away again when all other threads
 * are at rest.  0, or -1 with errno.
 */
int remote_map_pages(struct remote *leader);
int remote_use_pages(struct remote *r, const struct remote *leader);
int remote_unmap_pages(struct remote *leader);

/* Find an `int $0x80' in a vdso at this address.  0, or -1 with errno. */
int remote_find_int80(struct remote *r, unsigned long vdso, size_t size);

/* A system call.  What it returned (an error as -errno), or REMOTE_FAILED. */
long remote_call(struct remote *r, long number, const unsigned long args[6]);

#define REMOTE_CALL(r, number, ...) remote_call(r, number, (const unsigned long[6]){ __VA_ARGS__ })

/* Memory of the task, whatever its protection.  0, or -1 with errno. */
int remote_read(const struct remote *r, unsigned long address, void *buf, size_t size);
int remote_write(const struct remote *r, unsigned long address, const void *buf, size_t size);

/*
 * What a call's argument points to: puts it into the scratch page and returns its address there, until
 * remote_drop().  0 with errno if it cannot be done.
 */
unsigned long remote_put(struct remote *r, const void *data, size_t size);
void remote_drop(struct remote *r);

/*
 * A system call one of whose arguments, args[at], points to data: it is put into the scratch page, which must be empty
 * and is so afterwards.  As remote_call().
 */
long remote_call_with(struct remote *r, long number, int at, const void *data, size_t size,
		      const unsigned long args[6]);

#define REMOTE_CALL_WITH(r, number, at, data, size, ...) \
	remote_call_with(r, number, at, data, size, (const unsigned long[6]){ __VA_ARGS__ })

/* Did a call fail, with an error of the kernel's or before it came to it?  Addresses look negative, too. */
static inline bool remote_is_error(long ret)
{
	return ret < 0 && ret >= REMOTE_FAILED;
}

/*
 * Waiting for tasks is bounded by a timer that interrupts it; call this first.  It takes SIGALRM and ITIMER_REAL.
 */
void remote_begin(void);

#endif
