/* SPDX-License-Identifier: GPL-2.0 */
/*
 * System calls injected into another task.
 *
 * ptrace holds the task.  To make a call, we save its registers, set them to the call's number and arguments, and let
 * it run one `int $0x80' in its vdso.  So the task needs no code of ours and no stack; only its vdso has to be mapped.
 *
 * If the tracer is killed, the kernel lets the tasks run on from wherever they are.  So that `int $0x80' is the one in
 * front of the vdso's rt_sigreturn(), and the stack pointer is that of a signal frame (frame.h): a task that is no
 * longer held continues into rt_sigreturn() and gets back the registers with which it was found.
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
	struct user_regs_struct regs;	/* to continue with; as found by remote_hold() */
	uint64_t mask;			/* blocked signals, to continue with; while it is held, all are */
	int stop_signal;		/* this signal had stopped it (SIGSTOP or the like) and will again; 0: none */
	bool blocked;			/* all its signals are blocked while it is held */
	bool running;			/* it was resumed, and has not been seen to stop since */
	bool in_call;			/* it is stopped at the end of a remote call */
	bool lost;			/* a remote call could not be followed to its end */
	bool stays;			/* it must survive if we are killed: calls are made with a frame */
	bool steps;			/* remote_begin_steps() */
	unsigned long frame_esp;	/* the stack pointer that makes its frame the current one; 0: no frame yet */
	struct frame *on_stack;		/* what the frame has overwritten on the task's own stack, or NULL */
	unsigned int number;		/* a thread's number in its process, from 1; for a leader, how many other threads there are */
	pid_t born;			/* the last thread that it created by a remote call */
	unsigned long int80;		/* address of an `int $0x80' in the task */
	unsigned long scratch;		/* a page of the task's memory for remote_put(); 0: none */
	size_t scratch_used;
};

/*
 * The codes by which the kernel notes in eax that an interrupted call is to be restarted: include/linux/errno.h.  Only
 * a tracer sees them, never the task itself.
 */
enum { ERESTARTSYS = 512, ERESTARTNOINTR = 513, ERESTARTNOHAND = 514, ERESTART_RESTARTBLOCK = 516 };

/* Returned by a remote call that the task could not make; errno says why. */
#define REMOTE_FAILED (-4096L)

/*
 * Hold a task that is not traced: PTRACE_SEIZE, PTRACE_INTERRUPT, wait until it stops.  It stops where a signal would
 * be delivered.  A system call that it was in has ended by then, with one of the kernel's restart codes in eax if it is
 * to be restarted.  With exit_kill, the task is killed if the caller ends before it is released.  Waits at most 10
 * seconds.  Returns 0, or -1 with errno.
 */
int remote_hold(struct remote *r, pid_t tid, bool exit_kill);

/* Adopt a thread that a held task has created by remote_call(): it is held from its birth. */
int remote_adopt(struct remote *r, pid_t tid);

/*
 * Stop the process of a held task, which has no other threads yet, by a stop signal whose action is the default.  Its
 * parent is notified now, and the process stays stopped when it is released.  Returns 0; 1 if the kernel ignores the
 * signal, as it does with a terminal's in an orphaned process group; or -1 with errno.
 */
int remote_stop(struct remote *r, int sig);

/*
 * Bring the task to rest: stopped where a signal would be delivered, with r->regs and r->mask.  It then needs neither a
 * frame nor its scratch page.  Returns 0, or -1 with errno.
 */
int remote_rest(struct remote *r);

/*
 * Release the task with r->regs and r->mask.  The kernel then delivers signals and restarts an interrupted system call
 * as if nothing had happened.  Returns 0, or -1 with errno.
 */
int remote_release(struct remote *r);

/* Forget a task that has ended, or that ends with the caller. */
void remote_forget(struct remote *r);

/*
 * Map pages into a process, by a call of its leader: the scratch page, and one for the frame of each thread.  The other
 * threads can then use the leader's pages for their calls.  Unmap them when all other threads are at rest.  Returns 0,
 * or -1 with errno.
 */
int remote_map_pages(struct remote *leader);
int remote_use_pages(struct remote *r, const struct remote *leader);
int remote_unmap_pages(struct remote *leader);

/* Find an `int $0x80' in a vdso at this address.  0, or -1 with errno. */
int remote_find_int80(struct remote *r, unsigned long vdso, size_t size);

/* Make a system call in the task.  Returns its result (an error as -errno), or REMOTE_FAILED. */
long remote_call(struct remote *r, long number, const unsigned long args[6]);

/*
 * From here to there, follow a call by the trap of a single step and not by the two stops of a system call, which takes half
 * as long.  The trap sets the action of SIGTRAP to the default, and unblocks it: so this is for a new process whose own
 * actions come later, and which ends with us.  remote_end_steps() returns 0, or -1 with errno.
 */
void remote_begin_steps(struct remote *r);
int remote_end_steps(struct remote *r);

#define REMOTE_CALL(r, number, ...) remote_call(r, number, (const unsigned long[6]){ __VA_ARGS__ })

/* Read or write the task's memory, whatever its protection.  Returns 0, or -1 with errno. */
int remote_read(const struct remote *r, unsigned long address, void *buf, size_t size);
int remote_write(const struct remote *r, unsigned long address, const void *buf, size_t size);

/*
 * The same as remote_read(), in half the time, for pages that no other process has: of a page that was shared since a
 * fork(), the kernel would first give the task a copy.
 */
int remote_read_own(const struct remote *r, unsigned long address, void *buf, size_t size);

/*
 * Put data that an argument of a call points to into the scratch page, until remote_drop().  Returns its address there,
 * or 0 with errno.
 */
unsigned long remote_put(struct remote *r, const void *data, size_t size);
void remote_drop(struct remote *r);

/*
 * Make a system call whose argument args[at] points to data.  The data is put into the scratch page, which must be
 * empty before and is empty afterwards.  Returns what remote_call() does.
 */
long remote_call_with(struct remote *r, long number, int at, const void *data, size_t size,
		      const unsigned long args[6]);

#define REMOTE_CALL_WITH(r, number, at, data, size, ...) \
	remote_call_with(r, number, at, data, size, (const unsigned long[6]){ __VA_ARGS__ })

/* Did a call fail, in the kernel or before it got there?  (Addresses can be negative as well.) */
static inline bool remote_is_error(long ret)
{
	return ret < 0 && ret >= REMOTE_FAILED;
}

/*
 * Call this first: it starts the timer that bounds each wait for a task.  Takes SIGALRM and ITIMER_REAL.
 */
void remote_begin(void);

#endif
