// SPDX-License-Identifier: GPL-2.0
/* Restartable sequences: they stay registered, and a task that is recorded in one is sent to its abort handler. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>
#include <linux/rseq.h>
#include <sys/syscall.h>

#include "lib/report.h"
#include "roundtrip.h"

#define SIGNATURE 0x53053053

static struct rseq area __attribute__((aligned(32)));
static struct rseq thread_area __attribute__((aligned(32)));
static volatile uint32_t entered, go, done, aborts, committed_in_sequence;

static int rseq(struct rseq *at, int flags)
{
	return syscall(SYS_rseq, at, sizeof(*at), flags, SIGNATURE) ? errno : 0;
}

/* Go to the last processor that we may run on.  Its number. */
static unsigned int go_to_last_processor(void)
{
	unsigned int last = CPU_SETSIZE - 1;
	cpu_set_t set;

	MUST(!sched_getaffinity(0, sizeof(set), &set));
	while (!CPU_ISSET(last, &set))
		last--;
	CPU_ZERO(&set);
	CPU_SET(last, &set);
	MUST(!sched_setaffinity(0, sizeof(set), &set));
	return last;
}

static void *registered_thread(void *arg)
{
	unsigned int processor;

	MUST(!rseq(&thread_area, 0));
	entered = 1;
	await_restart();
	SAME(rseq(&thread_area, 0), EBUSY);
	processor = go_to_last_processor();
	SAME(thread_area.cpu_id, processor);
	MUST(!rseq(&thread_area, RSEQ_FLAG_UNREGISTER));
	return arg;
}

static void registered(void)
{
	unsigned int processor;
	pthread_t thread;

	MUST(!rseq(&area, 0));
	MUST(!pthread_create(&thread, NULL, registered_thread, NULL));
	await_word(&entered, 1);
	record_here();
	SAME(rseq(&area, 0), EBUSY);
	processor = go_to_last_processor();
	SAME(area.cpu_id, processor);		/* the kernel still writes there */
	MUST(!rseq(&area, RSEQ_FLAG_UNREGISTER));
	SAME(area.cpu_id, RSEQ_CPU_ID_UNINITIALIZED);
	MUST(!pthread_join(thread, NULL));
}

/*
 * A sequence that waits.  Whenever it is interrupted, the kernel sends the thread to the abort handler, which begins
 * anew.  So at its end the thread must still be in it: rseq_cs is set.  Forgotten, it would be 0.
 */
void sequence(void);
extern struct rseq_cs sequence_cs;
__asm__(".pushsection .data\n"
	".balign 32\n"
	".globl sequence_cs\n"
	"sequence_cs:\n"
	".long 0, 0\n"				/* version, flags */
	".long 2f, 0, 3f - 2f, 0, 4f, 0\n"	/* start_ip, post_commit_offset, abort_ip: 64 bits each */
	".popsection\n"
	".pushsection .text\n"
	".globl sequence\n"
	"sequence:\n"
	"1: movl $sequence_cs, area + 8\n"	/* rseq_cs */
	"2: movl $1, entered\n"
	"cmpl $0, go\n"
	"je 2b\n"
	"movl area + 8, %eax\n"
	"movl %eax, committed_in_sequence\n"
	"3: movl $0, area + 8\n"
	"ret\n"
	".long 0x53053053\n"			/* in front of the abort handler: the signature */
	"4: incl aborts\n"
	"jmp 1b\n"
	".popsection\n");

static void *in_sequence(void *arg)
{
	MUST(!rseq(&area, 0));
	sequence();
	MUST(!rseq(&area, RSEQ_FLAG_UNREGISTER));
	done = 1;
	return arg;
}

static void recorded_in_one(void)
{
	pthread_t thread;

	MUST(offsetof(struct rseq, rseq_cs) == 8);
	MUST(!pthread_create(&thread, NULL, in_sequence, NULL));
	await_word(&entered, 1);
	record_here();
	go = 1;
	MUST(!pthread_join(thread, NULL));
	SAME(committed_in_sequence, (unsigned long)&sequence_cs);
	MUST(done && aborts);
}

static const struct subject_row subjects[] = {
	{ "stay registered", registered, EVERY_WAY },
	{ "one is aborted by a restart", recorded_in_one, EVERY_WAY },
};

static const struct group restored_rseq_groups[] = { SUBJECTS(subjects) };
SUITE(restored_rseq);
