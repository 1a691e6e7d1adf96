// SPDX-License-Identifier: GPL-2.0
/* Record what the threads of a process share: signal actions, timers, limits.  memory.c and files.c do the rest. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <asm/unistd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "lib/grow.h"
#include "lib/procfs.h"
#include "record.h"
#include "cr/hold/refuse.h"
#include "lib/report.h"

#define NS_PER_S 1000000000LL
#define ROUNDS_MAX 1000		/* of reading timers, while somebody sends signals all the time */
/* Is it CLOCK_THREAD_CPUTIME_ID, as the kernel stores it? */
#define PER_THREAD(clock) ((clock) < 0 && (clock) >> 3 == ~0 && (clock) & 4)

/* struct sigaction as rt_sigaction() of i386 has it. */
struct kernel_action {
	uint32_t handler, flags, restorer;
	uint64_t mask;
} __attribute__((packed));

/*
 * Most signals have their default action, and /proc says which do not.  We always read SIGCHLD's action, because its
 * flags have a meaning without a handler.
 */
static int record_actions(struct held *h, struct process *p)
{
	struct remote *r = &h->remote;
	const char *status = held_status(h);
	const char *ignored = procfs_value(status, "SigIgn"), *caught = procfs_value(status, "SigCgt");
	uint64_t set = 1ULL << (SIGCHLD - 1);
	struct kernel_action a;

	if (!ignored || !caught)
		return refuse_unread(&h->task, "signal actions");
	set |= strtoull(ignored, NULL, 16) | strtoull(caught, NULL, 16);
	for (int sig = 1; sig <= SIGNALS; sig++) {
		if (!(set >> (sig - 1) & 1) || sig == SIGKILL || sig == SIGSTOP)
			continue;
		if (REMOTE_CALL(r, __NR_rt_sigaction, sig, 0, r->scratch, 8) ||
		    remote_read(r, r->scratch, &a, sizeof(a)))
			return refuse_unread(&h->task, "signal actions");
		p->actions[sig - 1] = (struct action){ a.handler, a.flags, a.restorer, a.mask };
	}
	return 0;
}

static int record_itimers(struct held *h, struct process *p)
{
	struct remote *r = &h->remote;
	int32_t value[4];		/* struct itimerval of i386: interval, then what is left */

	for (int which = 0; which < 3; which++) {
		if (REMOTE_CALL(r, __NR_getitimer, which, r->scratch) ||
		    remote_read(r, r->scratch, value, sizeof(value)))
			return refuse_unread(&h->task, "interval timers");
		p->itimer_interval_ns[which] = value[0] * NS_PER_S + value[1] * 1000LL;
		p->itimer_left_ns[which] = value[2] * NS_PER_S + value[3] * 1000LL;
	}
	return 0;
}

/* Parse the four lines of a timer in /proc/PID/timers.  Returns what follows them, or NULL if this is no timer. */
static const char *parse_timer(const char *text, struct posix_timer *t, char how[16], pid_t *tid)
{
	int used = 0;

	*t = (struct posix_timer){ .notify_task = -1 };
	if (sscanf(text, "ID: %d signal: %u/%x notify: %15[a-z]/%*3[pidt].%d ClockID: %d%n", &t->id, &t->signo,
		   &t->value, how, tid, (int *)&t->clock, &used) != 6)
		return NULL;
	return text + used + strspn(text + used, "\n");
}

static int refuse_timer(const struct held *h, const struct posix_timer *t, const char *why)
{
	char object[32];

	snprintf(object, sizeof(object), "timer %d", t->id);
	return refuse(&h->task, object, why);
}

static int record_timer(const struct recorder *rec, struct held *h, struct posix_timer *t, const char *how, pid_t tid,
			const char *text, bool alone)
{
	struct remote *r = &h->remote;
	int64_t value[4];		/* struct __kernel_itimerspec: interval, then what is left */
	long overrun;

	if (t->id > TIMER_ID_MAX)
		return refuse_timer(h, t, "its id is too large");
	if (PER_THREAD((int)t->clock) && !alone)
		return refuse_timer(h, t, "it counts the CPU time of one of several threads, and the kernel does not tell which");
	if (REMOTE_CALL(r, __NR_timer_gettime64, t->id, r->scratch) || remote_read(r, r->scratch, value, sizeof(value)))
		return refuse_unread(&h->task, "POSIX timers");
	t->interval_ns = value[0] * NS_PER_S + value[1];
	t->left_ns = value[2] * NS_PER_S + value[3];
	overrun = REMOTE_CALL(r, __NR_timer_getoverrun, t->id);
	t->overrun = overrun > 0 ? overrun : 0;
	t->notify = !strcmp(how, "none") ? SIGEV_NONE : !strcmp(how, "thread") ? SIGEV_THREAD : SIGEV_SIGNAL;
	if (strstr(text, "/tid.")) {
		const struct held *to = held_by_pid(&rec->tree, tid);

		if (!to)
			return refuse_timer(h, t, "it notifies a task that is gone");
		t->notify |= SIGEV_THREAD_ID;
		t->notify_task = to->index;
	}
	return 0;
}

/* Sort by id: the kernel gives ids out in this order, and /proc lists them in another one. */
static int by_id(const void *a, const void *b)
{
	const struct posix_timer *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static int record_timers(const struct recorder *rec, struct held *h, struct process *p, bool alone)
{
	char *text = procfs_text(h->task.pid[0], "timers");
	const char *next = text, *this;
	int ret = text ? 0 : refuse_unread(&h->task, "POSIX timers");

	while (!ret && *next) {
		struct posix_timer t, *larger;
		char how[16];
		pid_t tid;

		this = next;
		next = parse_timer(this, &t, how, &tid);
		larger = grow(p->timers, p->n_timers, sizeof(*larger));
		if (larger)
			p->timers = larger;
		if (!next || !larger) {
			ret = refuse_unread(&h->task, "POSIX timers");
			break;
		}
		/* How it notifies is on its own line: look no further than this timer. */
		char lines[256];

		snprintf(lines, sizeof(lines), "%.*s", (int)(next - this), this);
		ret = record_timer(rec, h, &t, how, tid, lines, alone);
		p->timers[p->n_timers++] = t;
	}
	free(text);
	if (p->n_timers)
		qsort(p->timers, p->n_timers, sizeof(*p->timers), by_id);
	return ret;
}

/* Count the signals that are pending now for the process and for each of its threads. */
static int count_all_pending(struct recorder *rec, const struct held *leader, bool alone, uint32_t *shared, uint32_t *sum)
{
	if (count_pending(leader, true, shared))
		return -1;
	*sum = *shared;
	for (int i = leader->index; i < rec->tree.n; i++) {
		const struct held *h = &rec->tree.held[i];
		uint32_t *n = &rec->notes[i].n_pending;

		if (h->task.tgid != leader->task.tgid)
			continue;
		if (count_pending(h, false, n))
			return -1;
		*sum += *n;
		if (alone)
			break;
	}
	return 0;
}

static int record_clocks(const struct recorder *rec, struct held *h, struct process *p, bool alone)
{
	free(p->timers);
	p->timers = NULL;
	p->n_timers = 0;
	return record_itimers(h, p) || record_timers(rec, h, p, alone) ? -1 : 0;
}

/*
 * Time goes on while the tree is held, and timers expire.  Their signals then become pending, since all are blocked.
 * Each expiry must be recorded once: as a timer that still runs, or as a pending signal.  So we read the timers again
 * until no signal has arrived meanwhile, and record the signals that were pending at that time.
 */
static int record_signals_and_time(struct recorder *rec, struct held *h, struct process *p)
{
	bool alone = !h->remote.number;
	int rounds = 0;
	uint32_t before, after, shared;

	if (record_actions(h, p) || count_all_pending(rec, h, alone, &shared, &after))
		return -1;
	do {
		before = after;
		if (record_clocks(rec, h, p, alone) || count_all_pending(rec, h, alone, &shared, &after))
			return -1;
	} while (before != after && rounds++ < ROUNDS_MAX);
	if (before != after)
		return refuse(&h->task, NULL, "it gets signals faster than its timers can be read");
	return record_pending(h, true, shared, &p->pending, &p->n_pending);
}

static int record_limits(struct held *h, struct process *p)
{
	struct remote *r = &h->remote;
	char *text;
	long subreaper;

	for (int i = 0; i < 16; i++) {
		struct rlimit limit;

		if (prlimit(r->tid, i, NULL, &limit))
			return refuse_unread(&h->task, "limits");
		p->rlimit_soft[i] = limit.rlim_cur;
		p->rlimit_hard[i] = limit.rlim_max;
	}
	text = procfs_text(r->tid, "oom_score_adj");
	if (!text)
		return refuse_unread(&h->task, "oom_score_adj");
	p->oom_score_adj = atoi(text);
	free(text);

	subreaper = REMOTE_CALL(r, __NR_prctl, PR_GET_CHILD_SUBREAPER, r->scratch);
	if (subreaper || remote_read(r, r->scratch, &subreaper, 4))
		return refuse_unread(&h->task, "subreaper attribute");
	p->subreaper = subreaper;
	return 0;
}

static int record_umask(struct held *h, struct process *p)
{
	const char *mask = procfs_value(held_status(h), "Umask");

	if (!mask)
		return refuse_unread(&h->task, "umask");
	p->umask = strtoul(mask, NULL, 8);
	return 0;
}

int record_process(struct recorder *rec, struct held *h, struct process *p)
{
	*p = (struct process){ .exe = -1, .stop_signal = h->remote.stop_signal };
	if (record_memory(rec, h, p))
		return -1;
	if (remote_map_pages(&h->remote))
		return refuse(&h->task, NULL, strerror(errno));
	if (!held_status(h))
		return refuse_unread(&h->task, "status");
	return record_signals_and_time(rec, h, p) || record_limits(h, p) || record_umask(h, p) ||
	       record_process_settings(h, p) || record_files(rec, h, p) ? -1 : 0;
}
