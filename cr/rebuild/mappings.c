// SPDX-License-Identifier: GPL-2.0
/*
 * Make each recorded mapping, or move it out of the window with the pages that the process shares with others.  Then
 * write the pages that only this process has.
 */
#include <errno.h>
#include <unistd.h>
#include <asm/unistd.h>
#include <sys/mman.h>

#include "cr/image/memory.h"
#include "rebuild.h"
#include "lib/report.h"

/* What the last mapping was of, as mappings of one file often follow each other: our descriptor, and the task's. */
struct mapped_last {
	int own, fd;
};

static void close_last(struct remote *r, struct mapped_last *last)
{
	if (last->own >= 0)
		REMOTE_CALL(r, __NR_close, last->fd);
	last->own = -1;
}

static int get_mapped(struct builder *b, struct remote *r, struct mapped_last *last, int own)
{
	if (last->own == own)
		return last->fd;
	close_last(r, last);
	last->fd = rebuild_get_fd(b, r, own);
	if (last->fd >= 0)
		last->own = own;
	return last->fd;
}

static int map_new(struct builder *b, struct remote *r, const struct vma *v, struct mapped_last *last)
{
	unsigned long flags = (v->flags & (MAP_SHARED | MAP_PRIVATE | MAP_GROWSDOWN | MAP_NORESERVE)) | MAP_FIXED_NOREPLACE;
	int own = v->kind == VMA_FILE ? b->mapped_fd[v->object] : v->kind == VMA_SHARED_ANON ? b->shared_fd[v->object] : -1;
	long fd = -1, ret;

	if (own >= 0) {
		fd = get_mapped(b, r, last, own);
		if (fd < 0)
			return rebuild_failed(r, "get a file to map", REMOTE_FAILED);
	} else {
		flags |= MAP_ANONYMOUS;
	}
	ret = REMOTE_CALL(r, __NR_mmap2, v->start, v->end - v->start, v->prot, flags, fd, v->offset / PAGE_BYTES);
	if (ret != (long)v->start) {
		report(ret == REMOTE_FAILED ? errno : remote_is_error(ret) ? -ret : EFAULT, "pid %d: map %08x-%08x", r->tid,
		       v->start, v->end);
		return -1;
	}
	return 0;
}

/* Count the runs of a mapping, from index run on. */
static uint32_t runs_of(const struct share_runs *runs, uint32_t run, const struct vma *v)
{
	uint32_t n = 0;

	while (run + n < runs->n && runs->run[run + n].start < v->end)
		n++;
	return n;
}

static int move_out(struct builder *b, struct remote *r, const struct vma *v, const struct share_run *run, uint32_t n)
{
	unsigned long at = share_place(&b->share, v), size = v->end - v->start;
	long ret = REMOTE_CALL(r, __NR_mremap, at, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, v->start);

	if (ret != (long)v->start)
		return rebuild_failed(r, "move shared memory to its place", ret);
	for (uint32_t i = 0; i < n; i++) {
		ret = run[i].keep ? 0 : REMOTE_CALL(r, __NR_madvise, run[i].start, run[i].end - run[i].start, MADV_DONTNEED);
		if (ret)
			return rebuild_failed(r, "drop pages that only others share", ret);
	}
	ret = v->prot == (PROT_READ | PROT_WRITE) ? 0 : REMOTE_CALL(r, __NR_mprotect, v->start, size, v->prot);
	return ret ? rebuild_failed(r, "protect shared memory", ret) : 0;
}

static int advise(struct remote *r, const struct vma *v)
{
	for (int advice = 0; advice < 32; advice++) {
		long ret = v->advice >> advice & 1 ? REMOTE_CALL(r, __NR_madvise, v->start, v->end - v->start, advice) : 0;

		if (remote_is_error(ret) && ret != -EINVAL)	/* EINVAL: this kernel has no such advice */
			return rebuild_failed(r, "advise the kernel of a mapping", ret);
	}
	return 0;
}

static int map_all(struct builder *b, struct remote *r, const struct process *p, const struct share_runs *runs)
{
	const struct range *window = &b->share.window;
	struct mapped_last last = { .own = -1 };
	uint32_t run = 0;

	for (uint32_t i = 0; i < p->n_vmas; i++) {
		const struct vma *v = &p->vmas[i];
		uint32_t n = runs_of(runs, run, v);

		if (v->kind == VMA_VDSO || v->kind == VMA_VVAR)
			continue;
		if ((n ? move_out(b, r, v, &runs->run[run], n) : map_new(b, r, v, &last)) || advise(r, v))
			return -1;
		run += n;
	}
	close_last(r, &last);
	if (runs->n) {
		long ret = REMOTE_CALL(r, __NR_munmap, window->start, window->end - window->start);

		if (ret)
			return rebuild_failed(r, "unmap the window of shared pages", ret);
	}
	return 0;
}

/* State for writing pages in the order of their addresses; those that the window has given it are skipped. */
struct writing {
	struct remote *r;
	const struct share_runs *runs;
	uint32_t run;			/* the first one that does not end before the last page */
};

static int write_pages(struct writing *w, uint32_t at, uint32_t size, const unsigned char *data)
{
	uint32_t end = at + size;

	while (at < end) {
		const struct share_run *run;
		uint32_t stop = end;

		while (w->run < w->runs->n && (w->runs->run[w->run].end <= at || !w->runs->run[w->run].keep))
			w->run++;
		run = w->run < w->runs->n ? &w->runs->run[w->run] : NULL;
		if (run && run->start < stop)
			stop = run->start > at ? run->start : at;
		if (stop > at && remote_write(w->r, at, data, stop - at)) {
			report(errno, "pid %d: write %u bytes at 0x%x", w->r->tid, stop - at, at);
			return -1;
		}
		if (stop == at)
			stop = run->end < end ? run->end : end;
		data += stop - at;
		at = stop;
	}
	return 0;
}

static int write_all(struct builder *b, struct remote *r, const struct process *p, const struct share_runs *runs)
{
	struct writing own = { .r = r, .runs = runs }, others = own;

	for (uint32_t n = 0; n < p->n_pages; n++)
		if (write_pages(&own, p->pages[n].start, p->pages[n].data.size, p->pages[n].data.data))
			return -1;
	for (uint32_t n = 0; n < p->n_borrowed; n++) {
		const struct borrowed *run = &p->borrowed[n];
		const struct process *owner = &b->image->processes[run->process];

		for (uint32_t at = 0; at < run->size; at += PAGE_BYTES)
			if (write_pages(&others, run->start + at, PAGE_BYTES, process_page(owner, run->from + at)))
				return -1;
	}
	return 0;
}

int rebuild_mappings(struct builder *b, struct remote *r, int32_t process)
{
	const struct share_runs nothing = { .n = 0 }, *runs = b->share.n_of ? &b->share.of[process] : &nothing;
	const struct process *p = &b->image->processes[process];

	if (map_all(b, r, p, runs) || write_all(b, r, p, runs))
		return -1;
	for (uint32_t v = 0; v < p->n_vmas; v++) {
		if (!(p->vmas[v].flags & MAP_LOCKED))
			continue;
		long ret = REMOTE_CALL(r, __NR_mlock2, p->vmas[v].start, p->vmas[v].end - p->vmas[v].start,
				       p->vmas[v].flags & MAP_NONBLOCK ? MLOCK_ONFAULT : 0);

		if (remote_is_error(ret))
			return rebuild_failed(r, "lock memory", ret);
	}
	return 0;
}

