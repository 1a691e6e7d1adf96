// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <sys/mman.h>

#include "cr/kinds/image.h"
#include "file.h"

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
		struct open *o = &image->opens[i];

		free(o->path);
		if (o->kind < OPEN_KINDS && image_kinds[o->kind]->free)
			image_kinds[o->kind]->free(o);
	}
	for (uint32_t i = 0; i < image->n_pipes; i++) {
		free(image->pipes[i].path);
		blob_free(&image->pipes[i].bytes);
	}
	for (uint32_t i = 0; i < image->n_mapped; i++)
		free(image->mapped[i].path);
	for (uint32_t i = 0; i < image->n_shared; i++)
		free(image->shared[i].pages);
	for (uint32_t i = 0; i < image->n_mountss; i++) {
		for (uint32_t k = 0; k < image->mountss[i].n_points; k++) {
			free(image->mountss[i].points[k].point);
			free(image->mountss[i].points[k].what);
		}
		free(image->mountss[i].points);
	}
	for (uint32_t i = 0; i < image->n_bodies; i++)
		munmap(image->bodies[i].data, image->bodies[i].size);
	free(image->bodies);
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
