// SPDX-License-Identifier: GPL-2.0
/*
 * Memory.  Record the pages that a new mapping of the same kind would not have: in anonymous memory those that are not
 * 0, in private file mappings those that were written to.
 *
 * A page that processes share after a fork() is recorded with the first process that has it; the others borrow it.  We
 * recognise such pages by their page frame numbers.  All tasks of the tree are held, so this does not change meanwhile:
 * a frame that two of them have is one page.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <asm/unistd.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "lib/grow.h"
#include "lib/procfs.h"
#include "record.h"
#include "cr/hold/refuse.h"

/* Bits of /proc/PID/pagemap: Documentation/admin-guide/mm/pagemap.rst. */
#define PM_PRESENT (1ULL << 63)
#define PM_SWAPPED (1ULL << 62)
#define PM_FILE    (1ULL << 61)
#define PM_EXCLUSIVE (1ULL << 56)	/* mapped once */
#define PM_FRAME   ((1ULL << 55) - 1)

static bool all_zero(const unsigned char *page)
{
	const uint32_t *word = (const uint32_t *)page, *end = word + PAGE_BYTES / sizeof(*word);

	while (word < end && !*word)
		word++;
	return word == end;
}

/* Consecutive pages that are to be read, in one go.  All of frame[] are 0 if nobody else can have them, or none is. */
struct run {
	unsigned long start;
	uint32_t n;
	uint32_t frame[RECORD_RUN / PAGE_BYTES];
};

/*
 * Keep a page that was read into the store: with the run of pages before it, if it follows that in both places.  A run
 * ends at the end of its mapping.
 */
static int keep_page(struct recorder *rec, struct process *p, const struct vma *v, unsigned long address,
		     unsigned char *data, uint32_t frame)
{
	struct pages *last = p->n_pages ? &p->pages[p->n_pages - 1] : NULL, *larger;

	if (last && last->start + last->data.size == address && address != v->start && last->data.data + last->data.size == data &&
	    last->data.size < RECORD_RUN) {
		last->data.size += PAGE_BYTES;
	} else {
		larger = grow(p->pages, p->n_pages, sizeof(*larger));
		if (!larger)
			return -1;
		p->pages = larger;
		p->pages[p->n_pages++] = (struct pages){ address, { PAGE_BYTES, data } };
	}
	return frame ? page_owners_add(&rec->owners, frame, rec->n_processes, address) : 0;
}

/* Read the pages of a run, and keep those that are not 0 where 0 is what a new mapping has. */
static int read_run(struct recorder *rec, const struct remote *r, struct process *p, const struct vma *v, struct run *run)
{
	uint32_t done = 0;

	while (done < run->n) {
		unsigned long start = run->start + done * PAGE_BYTES;
		size_t size = (run->n - done) * PAGE_BYTES, kept = 0;
		unsigned char *data = store_room(&rec->pages, &size);

		if (!data || (*run->frame ? remote_read : remote_read_own)(r, start, data, size))
			return -1;
		for (size_t at = 0; at < size; at += PAGE_BYTES, done++) {
			if (v->kind == VMA_ANON && all_zero(data + at))
				continue;
			if (keep_page(rec, p, v, start + at, data + at, run->frame[done]))
				return -1;
			kept = at + PAGE_BYTES;
		}
		store_take(&rec->pages, kept);
	}
	run->n = 0;
	return 0;
}

/* Borrow a page.  A run of borrowed pages ends at the end of its mapping. */
static int borrow_page(struct process *p, const struct vma *v, unsigned long address, const struct page_owner *owner)
{
	struct borrowed *last = p->n_borrowed ? &p->borrowed[p->n_borrowed - 1] : NULL, *larger;

	if (last && last->start + last->size == address && address != v->start && last->process == owner->process &&
	    last->from + last->size == owner->address) {
		last->size += PAGE_BYTES;
		return 0;
	}
	larger = grow(p->borrowed, p->n_borrowed, sizeof(*larger));
	if (!larger)
		return -1;
	p->borrowed = larger;
	p->borrowed[p->n_borrowed++] = (struct borrowed){ address, PAGE_BYTES, owner->process, owner->address };
	return 0;
}

/* Does this page differ from what a new mapping would contain? */
static bool differs(const struct vma *v, uint64_t entry)
{
	if (v->kind == VMA_ANON)
		return entry & PM_PRESENT;
	return v->kind == VMA_FILE && (v->flags & MAP_PRIVATE) && (entry & PM_PRESENT) && !(entry & PM_FILE);
}

/* Record a page that differs: borrow it, or note that it is to be read. */
static int record_page(struct recorder *rec, const struct remote *r, struct process *p, const struct vma *v,
		       struct run *run, unsigned long address, uint64_t entry)
{
	uint32_t frame = entry & PM_EXCLUSIVE ? 0 : entry & PM_FRAME;
	const struct page_owner *owner = frame ? page_owners_find(&rec->owners, frame) : NULL;

	if (owner)
		return borrow_page(p, v, address, owner);
	if (run->n && (run->start + run->n * PAGE_BYTES != address || run->n == RECORD_RUN / PAGE_BYTES ||
		       !frame != !*run->frame) && read_run(rec, r, p, v, run))
		return -1;
	if (!run->n)
		run->start = address;
	run->frame[run->n++] = frame;
	return 0;
}

static int record_pages(struct recorder *rec, const struct remote *r, struct process *p, const struct vma *v, int pagemap)
{
	static struct run run;
	uint64_t entries[512];

	for (unsigned long at = v->start; at < v->end;) {
		size_t n = (v->end - at) / PAGE_BYTES;

		if (n > sizeof(entries) / sizeof(*entries))
			n = sizeof(entries) / sizeof(*entries);
		if (pread(pagemap, entries, n * 8, (off_t)(at / PAGE_BYTES * 8)) != (ssize_t)(n * 8))
			return -1;
		for (size_t i = 0; i < n; i++, at += PAGE_BYTES) {
			if (entries[i] & PM_SWAPPED) {
				errno = EOPNOTSUPP;
				return -1;
			}
			if (differs(v, entries[i]) && record_page(rec, r, p, v, &run, at, entries[i]))
				return -1;
		}
	}
	return read_run(rec, r, p, v, &run);
}

/* Record the file that it runs. */
static int record_program(struct recorder *rec, const struct held *h, struct process *p)
{
	char link[32], object[OBJECT_SIZE], *exe = procfs_link(h->remote.tid, "exe");

	snprintf(link, sizeof(link), "/proc/%d/exe", h->remote.tid);
	snprintf(object, sizeof(object), "program `%s'", exe ? exe : "?");
	if (exe && !record_name_is_deleted(exe))
		p->exe = record_mapped(rec, h, link, exe, false, true);
	else
		refuse(&h->task, object, "it is gone");
	free(exe);
	return p->exe < 0 ? -1 : 0;
}

/* Record the addresses that the kernel keeps for /proc and brk(), and the program. */
static int record_layout(struct recorder *rec, struct held *h, struct process *p)
{
	const struct procfs_stat *stat = held_stat(h);
	size_t size = 0;
	void *auxv = procfs_bytes(h->remote.tid, "auxv", &size);
	long brk = REMOTE_CALL(&h->remote, __NR_brk, 0);

	if (auxv && !blob_alloc(&p->auxv, size))
		memcpy(p->auxv.data, auxv, size);
	free(auxv);
	if (!stat || brk == REMOTE_FAILED || !p->auxv.data)
		return refuse_unread(&h->task, "layout in memory");
	p->brk = brk;
	p->start_code = stat->field[STAT_START_CODE];
	p->end_code = stat->field[STAT_END_CODE];
	p->start_stack = stat->field[STAT_START_STACK];
	p->start_data = stat->field[STAT_START_DATA];
	p->end_data = stat->field[STAT_END_DATA];
	p->start_brk = stat->field[STAT_START_BRK];
	p->arg_start = stat->field[STAT_ARG_START];
	p->arg_end = stat->field[STAT_ARG_END];
	p->env_start = stat->field[STAT_ENV_START];
	p->env_end = stat->field[STAT_ENV_END];
	p->dumpable = REMOTE_CALL(&h->remote, __NR_prctl, PR_GET_DUMPABLE) == 1;
	return record_program(rec, h, p);
}

/* Injected calls need the vdso: find it before the first one. */
static int find_int80(struct held *h, const struct process *p)
{
	struct remote *r = &h->remote;

	for (uint32_t i = 0; i < p->n_vmas && !r->int80; i++)
		if (p->vmas[i].kind == VMA_VDSO)
			remote_find_int80(r, p->vmas[i].start, p->vmas[i].end - p->vmas[i].start);
	return r->int80 ? 0 : refuse(&h->task, NULL, "it has no vdso");
}

int record_memory(struct recorder *rec, struct held *h, struct process *p)
{
	char path[32];
	int pagemap, ret = 0;

	/* Before anything is mapped into it for our use. */
	if (record_mappings(rec, h, p) || find_int80(h, p))
		return -1;
	snprintf(path, sizeof(path), "/proc/%d/pagemap", h->remote.tid);
	pagemap = open(path, O_RDONLY | O_CLOEXEC);
	for (uint32_t i = 0; i < p->n_vmas && !ret; i++)
		ret = pagemap < 0 ? -1 : record_pages(rec, &h->remote, p, &p->vmas[i], pagemap);
	if (ret)
		refuse_unread(&h->task, "memory");
	if (pagemap >= 0)
		close(pagemap);
	return ret ? -1 : record_layout(rec, h, p);
}
