// SPDX-License-Identifier: GPL-2.0
/* The memory of an image. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "lib/free_memory.h"
#include "code.h"

void *image_append(struct image *image, enum image_list list)
{
	const struct image_list_info *l = &image_lists[list];
	uint32_t *n = (uint32_t *)((char *)image + l->count);
	void **array = (void **)((char *)image + l->array);

	/* Room is doubled at each power of two. */
	if (!(*n & (*n - 1))) {
		void *larger = realloc(*array, (*n ? 2 * *n : 1) * l->size);

		if (!larger)
			return NULL;
		*array = larger;
	}
	return memset((char *)*array + l->size * (*n)++, 0, l->size);
}

/*
 * Whole pages are kept where a fork() does not copy them: a restart creates many processes and none of them needs
 * the others' memory.
 */
int blob_alloc(struct blob *b, uint32_t size)
{
	void *p;

	*b = (struct blob){ 0 };
	if (size < PAGE_BYTES) {
		p = malloc(size ? size : 1);
		if (!p)
			return -1;
	} else {
		if (!memory_admit(size))
			return -1;
		p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (p == MAP_FAILED)
			return -1;
		madvise(p, size, MADV_DONTFORK);
	}
	*b = (struct blob){ size, p };
	return 0;
}

void blob_free(struct blob *b)
{
	if (b->size < PAGE_BYTES)
		free(b->data);
	else
		munmap(b->data, b->size);
	*b = (struct blob){ 0 };
}

unsigned char *process_page(const struct process *p, uint32_t address)
{
	uint32_t low = 0, high = p->n_pages;

	/* The last run that does not begin behind it. */
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (p->pages[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || address - p->pages[low - 1].start >= p->pages[low - 1].data.size)
		return NULL;
	return p->pages[low - 1].data.data + (address - p->pages[low - 1].start);
}

static void free_pages(struct pages *pages, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		blob_free(&pages[i].data);
	free(pages);
}

void process_free(struct process *p)
{
	free(p->vmas);
	free_pages(p->pages, p->n_pages);
	free(p->borrowed);
	blob_free(&p->auxv);
	free(p->fds);
	free(p->cwd);
	free(p->root);
	free(p->pending);
	free(p->timers);
	*p = (struct process){ 0 };
}

static void free_extents(struct deleted_file *f)
{
	for (uint32_t i = 0; i < f->n_extents; i++)
		blob_free(&f->extents[i].data);
	free(f->extents);
}

void image_free(struct image *image)
{
	for (uint32_t i = 0; i < image->n_processes; i++)
		process_free(&image->processes[i]);
	for (uint32_t i = 0; i < image->n_threads; i++) {
		blob_free(&image->threads[i].fpu);
		free(image->threads[i].pending);
		free(image->threads[i].groups);
	}
	for (uint32_t i = 0; i < image->n_opens; i++) {
		free(image->opens[i].path);
		free_extents(&image->opens[i].file);
	}
	for (uint32_t i = 0; i < image->n_pipes; i++) {
		free(image->pipes[i].path);
		blob_free(&image->pipes[i].bytes);
	}
	for (uint32_t i = 0; i < image->n_ptys; i++) {
		blob_free(&image->ptys[i].to_slave);
		blob_free(&image->ptys[i].to_master);
	}
	for (uint32_t i = 0; i < image->n_mapped; i++)
		free(image->mapped[i].path);
	for (uint32_t i = 0; i < image->n_shared; i++)
		free_pages(image->shared[i].pages, image->shared[i].n_pages);
	for (uint32_t i = 0; i < image->n_mountss; i++) {
		for (uint32_t k = 0; k < image->mountss[i].n_points; k++) {
			free(image->mountss[i].points[k].point);
			free(image->mountss[i].points[k].what);
		}
		free(image->mountss[i].points);
	}
	free(image->tasks);
	free(image->processes);
	free(image->threads);
	free(image->opens);
	free(image->pipes);
	free(image->ptys);
	free(image->terminals);
	free(image->mapped);
	free(image->shared);
	free(image->utss);
	free(image->mountss);
	*image = (struct image){ 0 };
}
