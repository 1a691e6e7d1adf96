// SPDX-License-Identifier: GPL-2.0
/* Check memory, descriptors, signals, timers and limits of a process, and what a thread has of its own. */
#include <elf.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "check.h"
#include "cr/image/memory.h"
#include "cr/image/settings.h"

#define NS_PER_S 1000000000LL
#define SECONDS_MAX 0x7fffffffLL	/* what setitimer() of i386 can be given */
#define AUXV_MAX 1024
#define FPU_MAX 8192

static bool page_aligned(uint64_t v)
{
	return v % PAGE_BYTES == 0;
}

/* Check the object of a mapping, and the offset in it: mmap2() counts pages in 32 bits. */
static bool object_sound(const struct image *image, const struct vma *v)
{
	uint64_t end = v->offset + (v->end - v->start);
	bool shared = v->flags & MAP_SHARED;

	if (end < v->offset || end > (uint64_t)UINT32_MAX * PAGE_BYTES || shared == !!(v->flags & MAP_PRIVATE))
		return false;
	switch (v->kind) {
	case VMA_FILE:
		return is_in(v->object, image->n_mapped);
	case VMA_SHARED_ANON:
		return shared && is_in(v->object, image->n_shared) && end <= image->shared[v->object].size;
	case VMA_ANON:
		return !shared && v->object == -1;
	default:
		return v->kind < VMA_KINDS && v->object == -1;
	}
}

static int check_vmas(const struct check *c, uint32_t i)
{
	const struct image *image = c->image;
	const struct process *p = &image->processes[i];
	uint32_t end = PAGE_BYTES, vdso = 0, vvar = 0;

	for (uint32_t v = 0; v < p->n_vmas; v++) {
		const struct vma *vma = &p->vmas[v];

		if (vma->start < end || vma->end <= vma->start || vma->end > TASK_END ||
		    !page_aligned(vma->start) || !page_aligned(vma->end) || !page_aligned(vma->offset))
			return image_refuse(c, "process", i,
					    "its mapping at 0x%x overlaps another, or is invalid", vma->start);
		if (vma->prot & ~(uint32_t)(PROT_READ | PROT_WRITE | PROT_EXEC) || !object_sound(image, vma))
			return image_refuse(c, "process", i, "its mapping at 0x%x is of no known kind", vma->start);
		vdso += vma->kind == VMA_VDSO;
		vvar += vma->kind == VMA_VVAR;
		end = vma->end;
	}
	return vdso == 1 && vvar <= 1 ? 0 : image_refuse(c, "process", i, "%u vdsos and %u vvars", vdso, vvar);
}

/*
 * Are these whole pages in one private mapping, after the pages that were checked before?  *v is the mapping at which
 * to start, and *at the end of the earlier pages.
 */
static bool place_sound(const struct process *p, uint32_t start, uint32_t size, uint32_t *v, uint32_t *at)
{
	uint64_t end = (uint64_t)start + size;
	bool sound;

	while (*v < p->n_vmas && p->vmas[*v].end <= start)
		(*v)++;
	sound = start >= *at && *v < p->n_vmas && start >= p->vmas[*v].start && end <= p->vmas[*v].end &&
		page_aligned(start) && page_aligned(size) && size &&
		(p->vmas[*v].kind == VMA_ANON || p->vmas[*v].kind == VMA_FILE) && !(p->vmas[*v].flags & MAP_SHARED);
	*at = end;
	return sound;
}

static int check_pages(const struct check *c, uint32_t i)
{
	const struct process *p = &c->image->processes[i];
	uint32_t v = 0, at = 0;

	for (uint32_t n = 0; n < p->n_pages; n++)
		if (!place_sound(p, p->pages[n].start, p->pages[n].data.size, &v, &at))
			return image_refuse(c, "process", i,
					    "its pages at 0x%x are not of a private mapping", p->pages[n].start);
	return 0;
}

/* An earlier process must own each page, and not borrow it itself; no page may occur twice. */
static int check_borrowed(const struct check *c, uint32_t i)
{
	const struct image *image = c->image;
	const struct process *p = &image->processes[i];
	uint32_t v = 0, at = 0;

	for (uint32_t n = 0; n < p->n_borrowed; n++) {
		const struct borrowed *b = &p->borrowed[n];

		if (!place_sound(p, b->start, b->size, &v, &at))
			return image_refuse(c, "process", i,
					    "its borrowed pages at 0x%x are not of a private mapping", b->start);
		if (!is_in(b->process, i) || !page_aligned(b->from))
			return image_refuse(c, "process", i,
					    "the owner of its borrowed pages at 0x%x does not come before it, "
					    "or has them at an unaligned address",
					    b->start);
		for (uint32_t k = 0; k < b->size; k += PAGE_BYTES) {
			if (b->from + k < b->from || !process_page(&image->processes[b->process], b->from + k))
				return image_refuse(c, "process", i,
						    "the owner of its borrowed page at 0x%x does not have it",
						    b->start + k);
			if (process_page(p, b->start + k))
				return image_refuse(c, "process", i,
						    "its page at 0x%x is both its own and borrowed", b->start + k);
		}
	}
	return 0;
}

static int check_fds(const struct check *c, uint32_t i)
{
	const struct image *image = c->image;
	const struct process *p = &image->processes[i];

	for (uint32_t n = 0; n < p->n_fds; n++) {
		const struct fd *fd = &p->fds[n];

		if (fd->number >= FD_LIMIT || (n && fd->number <= fd[-1].number) || !is_in(fd->open, image->n_opens))
			return image_refuse(c, "process", i,
					    "its descriptor %u is too large, out of order, listed twice or of no file",
					    fd->number);
	}
	return 0;
}

/* Are these signals that can be pending?  SIGKILL cannot. */
static bool pending_sound(const struct pending *pending, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		int32_t sig;

		memcpy(&sig, pending[i].info, sizeof(sig));
		if (sig < 1 || sig > SIGNALS || sig == SIGKILL)
			return false;
	}
	return true;
}

static int check_signals(const struct check *c, uint32_t i)
{
	const struct process *p = &c->image->processes[i];
	static const int fixed[] = { SIGKILL, SIGSTOP };

	for (int n = 0; n < 2; n++) {
		const struct action *a = &p->actions[fixed[n] - 1];

		if (a->handler || a->flags || a->mask)
			return image_refuse(c, "process", i, "it has an action for signal %d", fixed[n]);
	}
	if (p->stop_signal && p->stop_signal != SIGSTOP && p->stop_signal != SIGTSTP && p->stop_signal != SIGTTIN &&
	    p->stop_signal != SIGTTOU)
		return image_refuse(c, "process", i, "it was stopped by signal %u, which does not stop a process",
				    p->stop_signal);
	return pending_sound(p->pending, p->n_pending) ? 0 : image_refuse(c, "process", i,
									  "a pending signal is invalid");
}

static bool time_sound(int64_t ns)
{
	return ns >= 0 && ns / NS_PER_S <= SECONDS_MAX;
}

/* A timer must notify a thread of its own process. */
static int check_timers(const struct check *c, uint32_t i)
{
	const struct image *image = c->image;
	const struct process *p = &image->processes[i];

	for (int n = 0; n < 3; n++)
		if (!time_sound(p->itimer_left_ns[n]) || !time_sound(p->itimer_interval_ns[n]))
			return image_refuse(c, "process", i, "its interval timer %d has an invalid time", n);
	for (uint32_t n = 0; n < p->n_timers; n++) {
		const struct posix_timer *t = &p->timers[n];
		const struct recorded_task *to = is_in(t->notify_task, image->n_tasks) ? &image->tasks[t->notify_task] : NULL;

		if (t->id < 0 || t->id > TIMER_ID_MAX || (n && t->id <= t[-1].id) || !time_sound(t->left_ns) ||
		    !time_sound(t->interval_ns) || t->signo > SIGNALS)
			return image_refuse(c, "process", i, "its timer %d is invalid", t->id);
		if (to ? to->process != (int32_t)i : t->notify_task != -1)
			return image_refuse(c, "process", i,
					    "its timer %d notifies a task that is not one of its threads", t->id);
	}
	return 0;
}

static int check_limits(const struct check *c, uint32_t i)
{
	const struct process *p = &c->image->processes[i];
	for (int n = 0; n < 16; n++)
		if (p->rlimit_soft[n] > p->rlimit_hard[n])
			return image_refuse(c, "process", i, "its soft limit %d is above the hard one", n);
	if (p->umask > 0777)
		return image_refuse(c, "process", i, "its umask is 0%o", p->umask);
	if (p->membarrier & ~(uint32_t)MEMBARRIER_REGISTRATIONS || p->mdwe > 3 || p->mdwe == PR_MDWE_NO_INHERIT ||
	    (p->mlock_future && (p->mlock_future & ~(uint32_t)MCL_ONFAULT) != MCL_FUTURE))
		return image_refuse(c, "process", i, "a setting that no process can have");
	if (p->oom_score_adj < -1000 || p->oom_score_adj > 1000)
		return image_refuse(c, "process", i, "its oom_score_adj is %d", p->oom_score_adj);
	return 0;
}

int image_check_process(const struct check *c, uint32_t i)
{
	const struct image *image = c->image;
	const struct process *p = &image->processes[i];

	if (check_vmas(c, i) || check_pages(c, i) || check_borrowed(c, i) || check_fds(c, i) || check_signals(c, i) ||
	    check_timers(c, i) || check_limits(c, i))
		return -1;
	if (!is_in(p->exe, image->n_mapped))
		return image_refuse(c, "process", i, "its program is not in the image");
	if (!is_absolute(p->cwd) || !is_absolute(p->root))
		return image_refuse(c, "process", i, "its directory or root is not an absolute path");
	if (p->auxv.size > AUXV_MAX || p->auxv.size % 8)
		return image_refuse(c, "process", i, "an auxiliary vector of %u bytes", p->auxv.size);
	return 0;
}

int image_check_thread(const struct check *c, uint32_t i)
{
	const struct thread *t = &c->image->threads[i];

	if (t->fpu_kind == NT_X86_XSTATE ? !t->fpu.size || t->fpu.size > FPU_MAX
					 : t->fpu_kind != NT_PRXFPREG || t->fpu.size != 512)
		return image_refuse(c, "thread", i, "%u bytes of FPU state of kind 0x%x", t->fpu.size, t->fpu_kind);
	if (!pending_sound(t->pending, t->n_pending))
		return image_refuse(c, "thread", i, "a pending signal is invalid");
	if (t->mce_kill > PR_MCE_KILL_DEFAULT || t->io_priority > UINT16_MAX || t->timer_slack_ns > UINT32_MAX ||
	    t->slice_ns > NS_PER_S)
		return image_refuse(c, "thread", i, "a setting that no thread can have");
	if (t->nice < -20 || t->nice > 19 || t->parent_death_signal > SIGNALS)
		return image_refuse(c, "thread", i,
				    "nice value %d, signal %u when its parent ends", t->nice, t->parent_death_signal);
	return 0;
}
