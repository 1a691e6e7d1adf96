// SPDX-License-Identifier: GPL-2.0
/* Allocate and free the parts of an image. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "lib/free_memory.h"
#include "memory.h"

#define LIST(name) { offsetof(struct image, n_##name), offsetof(struct image, name), sizeof(*((struct image *)0)->name) }

/* The offsets of the lists in struct image, and the size of an element. */
static const struct { size_t count, array, size; } lists[IMAGE_LISTS] = {
	[IMAGE_TASK]     = LIST(tasks),
	[IMAGE_UTS]      = LIST(utss),
	[IMAGE_MOUNTS]   = LIST(mountss),
	[IMAGE_THREAD]   = LIST(threads),
	[IMAGE_MAPPED]   = LIST(mapped),
	[IMAGE_PIPE]     = LIST(pipes),
	[IMAGE_PTY]      = LIST(ptys),
	[IMAGE_TERMINAL] = LIST(terminals),
	[IMAGE_OPEN]     = LIST(opens),
	[IMAGE_SHARED]   = LIST(shared),
	[IMAGE_PROCESS]  = LIST(processes),
};

uint32_t image_count(const struct image *image, enum image_list list)
{
	return *(const uint32_t *)((const char *)image + lists[list].count);
}

const void *image_element(const struct image *image, enum image_list list, uint32_t i)
{
	return *(const char *const *)((const char *)image + lists[list].array) + i * lists[list].size;
}

void *image_append(struct image *image, enum image_list list)
{
	uint32_t *n = (uint32_t *)((char *)image + lists[list].count);
	void **array = (void **)((char *)image + lists[list].array);
	size_t size = lists[list].size;

	/* Room is doubled at each power of two. */
	if (!(*n & (*n - 1))) {
		void *larger = realloc(*array, (*n ? 2 * *n : 1) * size);

		if (!larger)
			return NULL;
		*array = larger;
	}
	return memset((char *)*array + size * (*n)++, 0, size);
}

/*
 * Allocate whole pages where a fork() does not copy them: a restart creates many processes, and none of them needs the
 * others' memory.
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

void process_free(struct process *p)
{
	free(p->vmas);
	free(p->pages);
	free(p->borrowed);
	blob_free(&p->auxv);
	free(p->fds);
	free(p->cwd);
	free(p->root);
	free(p->pending);
	free(p->timers);
	*p = (struct process){ 0 };
}
