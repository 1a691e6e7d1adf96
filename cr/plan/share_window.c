// SPDX-License-Identifier: GPL-2.0
/* Find a place for the window that neither the restarting program nor any process of the image uses. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>

#include "lib/procfs.h"
#include "share.h"

/*
 * A stack that was moved can grow by no more pages than there are below its original address (expand_downwards() in
 * mm/mmap.c), so the window must not be low.  It needs a margin because the restarting program's own stack, above it,
 * grows, too.
 */
#define LOWEST_WINDOW 0x20000000UL
#define MARGIN        0x01000000UL

static int by_start(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

/* List all ranges that are in use.  NULL: out of memory. */
static struct range *list_ranges(const struct image *image, uint32_t *n)
{
	char *maps = procfs_text(getpid(), "maps"), *rest = maps, *line;
	struct range *ranges = NULL;
	uint32_t most = 1;

	*n = 0;
	for (const char *p = maps; p && (p = strchr(p, '\n')); p++)
		most++;
	for (uint32_t i = 0; i < image->n_processes; i++)
		most += image->processes[i].n_vmas;
	if (maps)
		ranges = malloc(most * sizeof(*ranges));
	for (uint32_t i = 0; ranges && i < image->n_processes; i++)
		for (uint32_t v = 0; v < image->processes[i].n_vmas; v++)
			ranges[(*n)++] = (struct range){ image->processes[i].vmas[v].start, image->processes[i].vmas[v].end };
	while (ranges && (line = strsep(&rest, "\n")))
		*n += sscanf(line, "%lx-%lx", &ranges[*n].start, &ranges[*n].end) == 2;
	free(maps);
	if (ranges)
		qsort(ranges, *n, sizeof(*ranges), by_start);
	return ranges;
}

/* The highest address at which this many bytes are free; 0: there is none. */
static unsigned long find_place(const struct range *ranges, uint32_t n, unsigned long size)
{
	unsigned long reach = LOWEST_WINDOW, found = 0;

	for (uint32_t i = 0; i < n; i++) {
		if (ranges[i].start > reach && ranges[i].start - reach >= (uint64_t)size + MARGIN)
			found = ranges[i].start - MARGIN - size;
		if (ranges[i].end > reach)
			reach = ranges[i].end;
	}
	return found;
}

int share_window(struct share *s, const struct image *image)
{
	struct range *ranges;
	uint64_t size = 0;
	uint32_t n;
	void *p = MAP_FAILED;

	for (uint32_t i = 0; i < s->n_areas; i++)
		size += s->areas[i].end - s->areas[i].start;
	if (!size)
		return 0;
	ranges = size < TASK_END ? list_ranges(image, &n) : NULL;
	if (ranges)
		s->window.start = find_place(ranges, n, size);
	free(ranges);
	if (s->window.start)
		p = mmap((void *)s->window.start, size, PROT_NONE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
	if (p == MAP_FAILED) {
		s->window.start = 0;
		return -1;
	}
	s->window.end = s->window.start + size;
	size = s->window.start;
	for (uint32_t i = 0; i < s->n_areas; i++) {
		s->areas[i].at = size;
		size += s->areas[i].end - s->areas[i].start;
	}
	return 0;
}
