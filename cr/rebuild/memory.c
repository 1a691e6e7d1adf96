// SPDX-License-Identifier: GPL-2.0
/*
 * Memory.  Unmap everything of the restarting program from the task except vvar, vdso and window, and move the vdso to
 * its recorded place.  Then make each recorded mapping and write its pages.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <asm/unistd.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "lib/procfs.h"
#include "rebuild.h"
#include "lib/report.h"

/* include/uapi/linux/prctl.h: struct prctl_mm_map as an i386 program passes it. */
struct mm_map {
	uint64_t start_code, end_code, start_data, end_data, start_brk, brk, start_stack, arg_start, arg_end,
		 env_start, env_end;
	uint32_t auxv, auxv_size, exe_fd;
} __attribute__((packed, aligned(4)));

/* Find the kernel's own mappings, vvar and vdso, which are next to each other. */
int rebuild_find_specials(struct builder *b)
{
	char *text = procfs_text(getpid(), "maps"), *rest = text, *line;

	while (text && (line = strsep(&rest, "\n"))) {
		struct range *out = strstr(line, "[vdso]") ? &b->vdso : strstr(line, "[vvar]") ? &b->vvar : NULL;

		if (out)
			sscanf(line, "%lx-%lx", &out->start, &out->end);
	}
	free(text);
	if (b->vdso.end)
		return 0;
	report(0, "this program has no vdso");
	return -1;
}

static bool overlaps(unsigned long start, unsigned long end, const struct range *r)
{
	return start < r->end && r->start < end;
}

/* Find the highest address with `size' bytes that neither the recorded mappings nor these ranges use. */
static unsigned long find_hole(const struct process *p, const struct range *a, const struct range *b,
			       const struct range *window, unsigned long size)
{
	unsigned long end = TASK_END - 2 * PAGE_BYTES;

	for (int v = (int)p->n_vmas - 1; v >= -1; v--) {
		unsigned long floor = v >= 0 ? p->vmas[v].end : 16 * PAGE_BYTES;

		for (unsigned long at = end - size; at < end && at >= floor; at -= size)
			if (!overlaps(at, at + size, a) && !overlaps(at, at + size, b) && !overlaps(at, at + size, window))
				return at;
		if (v >= 0)
			end = p->vmas[v].start;
	}
	return 0;
}

static int unmap(struct remote *r, unsigned long start, unsigned long end)
{
	long ret = start < end ? REMOTE_CALL(r, __NR_munmap, start, end - start) : 0;

	return remote_is_error(ret) ? rebuild_failed(r, "unmap the restarting program", ret) : 0;
}

static int by_start(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

/* Unmap everything except these ranges; an empty one, at 0, is skipped. */
static int unmap_all_but(struct remote *r, const struct range *vvar, const struct range *vdso, const struct range *window)
{
	struct range stay[] = { *vvar, *vdso, *window };
	unsigned long at = 0;

	qsort(stay, 3, sizeof(*stay), by_start);
	for (int i = 0; i < 3; i++) {
		if (unmap(r, at, stay[i].start))
			return -1;
		at = stay[i].end;
	}
	return unmap(r, at, TASK_END);
}

static const struct vma *find_kind(const struct process *p, uint32_t kind)
{
	for (uint32_t v = 0; v < p->n_vmas; v++)
		if (p->vmas[v].kind == kind)
			return &p->vmas[v];
	return NULL;
}

/* Move a special mapping to its recorded place; if the two places overlap, by way of a third. */
static int move(struct remote *r, const struct process *p, struct range *from, const struct vma *to,
		const struct range *other, const struct range *window)
{
	unsigned long size = from->end - from->start, target = to ? to->start : 0;
	long ret;

	if (!to)
		return unmap(r, from->start, from->end);
	if (to->end - to->start != size) {
		report(0, "pid %d: this kernel's vdso has another size than the image's", r->tid);
		return -1;
	}
	if (target == from->start)
		return 0;
	if (overlaps(target, target + size, from) || overlaps(target, target + size, other)) {
		target = find_hole(p, from, other, window, size);
		if (!target)
			return rebuild_failed(r, "find room for the vdso", -ENOMEM);
	}
	ret = REMOTE_CALL(r, __NR_mremap, from->start, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, target);
	if (remote_is_error(ret))
		return rebuild_failed(r, "move the vdso", ret);
	*from = (struct range){ target, target + size };
	return target == to->start ? 0 : 1;	/* 1: not there yet */
}

static int place_specials(struct remote *r, const struct process *p, struct range *vvar, struct range *vdso,
			  const struct range *window)
{
	const struct vma *to_vdso = find_kind(p, VMA_VDSO), *to_vvar = find_kind(p, VMA_VVAR);
	int left;

	/* One may stand in the other's way, for a round or two. */
	for (int round = 0; round < 3; round++) {
		left = vvar->end ? move(r, p, vvar, to_vvar, vdso, window) : 0;
		if (left < 0)
			return -1;
		if (to_vdso) {
			unsigned long before = vdso->start;
			int moved = move(r, p, vdso, to_vdso, vvar, window);

			if (moved < 0)
				return -1;
			r->int80 += vdso->start - before;
			left |= moved;
		}
		if (!left)
			return 0;
	}
	return rebuild_failed(r, "put the vdso where it was", -ENOMEM);
}

/* Set the addresses that the kernel shows in /proc, and the present brk(). */
static int describe(struct builder *b, struct remote *r, const struct process *p)
{
	struct mm_map map = {
		.start_code = p->start_code, .end_code = p->end_code, .start_data = p->start_data,
		.end_data = p->end_data, .start_brk = p->start_brk, .brk = p->brk, .start_stack = p->start_stack,
		.arg_start = p->arg_start, .arg_end = p->arg_end, .env_start = p->env_start, .env_end = p->env_end,
		.auxv_size = p->auxv.size,
	};
	unsigned long address;
	long ret;
	int fd = rebuild_get_fd(b, r, b->mapped_fd[p->exe]);

	if (fd < 0)
		return rebuild_failed(r, "get its program's file", REMOTE_FAILED);
	map.exe_fd = fd;
	map.auxv = remote_put(r, p->auxv.data, p->auxv.size);
	address = map.auxv ? remote_put(r, &map, sizeof(map)) : 0;
	if (!address)
		return rebuild_failed(r, "describe its memory", REMOTE_FAILED);
	ret = REMOTE_CALL(r, __NR_prctl, PR_SET_MM, PR_SET_MM_MAP, address, sizeof(map));
	remote_drop(r);
	REMOTE_CALL(r, __NR_close, fd);
	return remote_is_error(ret) ? rebuild_failed(r, "describe its memory to the kernel", ret) : 0;
}

int rebuild_memory(struct builder *b, int index)
{
	int32_t process = b->image->tasks[index].process;
	const struct process *p = &b->image->processes[process];
	struct remote *r = &b->remote[index];
	struct range vvar = b->vvar, vdso = b->vdso, window = { 0 };
	long ret;

	if (b->share.n_of && b->share.of[process].n)
		window = b->share.window;
	if (unmap_all_but(r, &vvar, &vdso, &window) || place_specials(r, p, &vvar, &vdso, &window))
		return -1;
	r->scratch = find_hole(p, &vvar, &vdso, &window, PAGE_BYTES);
	ret = r->scratch ? REMOTE_CALL(r, __NR_mmap2, r->scratch, PAGE_BYTES, PROT_READ | PROT_WRITE,
				       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) : -ENOMEM;
	if (ret != (long)r->scratch)
		return rebuild_failed(r, "map a page of our own", ret);
	return rebuild_mappings(b, r, process) || describe(b, r, p) ? -1 : 0;
}
