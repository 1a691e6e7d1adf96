// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>

#include "inherit.h"
#include "lib/mountinfo.h"
#include "lib/procfs.h"
#include "lib/report.h"

/* From the linker: the end of the program's own data. */
extern char _end[];

static bool is_in(const void *p, unsigned long start, unsigned long end)
{
	return (unsigned long)p >= start && (unsigned long)p < end;
}

/* Find the program's private writable memory, except its data, its stack and what the C library needs. */
static void find_unneeded(struct inherited *in, char *maps)
{
	unsigned long data_end = ((unsigned long)_end + PAGE_BYTES - 1) & -PAGE_BYTES, start, end, inode;
	char *line, perms[5];

	while ((line = strsep(&maps, "\n"))) {
		if (sscanf(line, "%lx-%lx %4s %*x %*x:%*x %lu", &start, &end, perms, &inode) != 4)
			continue;
		if (perms[1] != 'w' || perms[3] != 'p' || inode || is_in(&start, start, end) || is_in(&errno, start, end))
			continue;
		if (start < data_end)
			start = data_end;
		if (start >= end)
			continue;
		in->unneeded[in->n_unneeded].start = start;
		in->unneeded[in->n_unneeded++].end = end;
	}
}

/* Copy this many bytes into the block. */
static void *put(char **at, const void *data, size_t size)
{
	void *p = *at;

	if (size)
		memcpy(p, data, size);
	*at += (size + 7) & ~(size_t)7;
	return p;
}

static int lines_of(const char *text)
{
	int n = 1;

	while ((text = strchr(text, '\n'))) {
		text++;
		n++;
	}
	return n;
}

/*
 * Our own mounts: those of all new namespaces begin as copies of them.  differs[] says whether any namespace has other
 * flags for a mount.  If so, we set them in every namespace, as a process of one may create another.  The comparison at
 * the end finds mounts that we do not have.
 */
struct own_mounts {
	struct mount_table table;
	bool *differs;		/* by its lines */
};

static int look_at_own_mounts(struct own_mounts *own, const struct image *image)
{
	*own = (struct own_mounts){ .differs = NULL };
	if (!image->n_mountss)
		return 0;
	if (mountinfo_read(&own->table, getpid()) || !(own->differs = calloc(own->table.n + 1, sizeof(bool))))
		return -1;
	for (uint32_t i = 0; i < image->n_mountss; i++)
		for (uint32_t k = 0; k < image->mountss[i].n_points; k++) {
			const struct mount_point *p = &image->mountss[i].points[k];
			int line = mountinfo_top(&own->table, p->point);
			uint32_t flags;

			if (line >= 0 && (mountinfo_flags(own->table.line[line].options, &flags) || flags != p->flags))
				own->differs[line] = true;
		}
	return 0;
}

static void forget_own_mounts(struct own_mounts *own)
{
	mountinfo_free(&own->table);
	free(own->differs);
}

/*
 * Put the remounts of a namespace into the block.  An inherited /proc is always among them, as we do not know the flags
 * of its creator's.
 */
static struct remount *put_remounts(char **at, const struct mounts *m, const struct own_mounts *own)
{
	struct remount *list = (void *)*at;
	uint32_t n = 0;

	*at += (m->n_points + 2) * sizeof(*list);
	for (uint32_t i = 0; i < m->n_points; i++) {
		const struct mount_point *p = &m->points[i];
		int line = mountinfo_top(&own->table, p->point);

		if (line >= 0 && own->differs[line])
			list[n++] = (struct remount){ put(at, p->point, strlen(p->point) + 1), p->flags };
	}
	if (m->proc_of < 0 && *m->proc_source)
		list[n++] = (struct remount){ "/proc", m->proc_flags };
	list[n] = (struct remount){ NULL, 0 };
	return list;
}

static struct new_mounts *put_mounts(char **at, const struct image *image, const struct own_mounts *own)
{
	struct new_mounts *list = (void *)*at;

	*at += image->n_mountss * sizeof(*list);
	for (uint32_t i = 0; i < image->n_mountss; i++) {
		const struct mounts *m = &image->mountss[i];

		list[i].proc_source = put(at, m->proc_source, strlen(m->proc_source) + 1);
		list[i].proc_flags = m->proc_flags;
		list[i].remounts = put_remounts(at, m, own);
	}
	return list;
}

/* How many bytes of the block the mounts need. */
static size_t mounts_size(const struct image *image)
{
	size_t size = 0;

	for (uint32_t i = 0; i < image->n_mountss; i++) {
		const struct mounts *m = &image->mountss[i];

		size += sizeof(struct new_mounts) + sizeof(m->proc_source) + (m->n_points + 2) * sizeof(struct remount);
		for (uint32_t k = 0; k < m->n_points; k++)
			size += (strlen(m->points[k].point) + 8) & ~(size_t)7;
	}
	return size;
}

static struct new_pty *put_ptys(char **at, const struct creation *c)
{
	struct new_pty *list = (void *)*at;

	for (uint32_t i = 0; i < c->image->n_ptys; i++)
		list[i] = (struct new_pty){ c->image->ptys[i].index, c->image->ptys[i].mounts, c->pty_fd[i], -1 };
	*at += c->image->n_ptys * sizeof(*list);
	return list;
}

int inherit(struct inherited *in, const struct creation *c, const struct create_pipes *pipes)
{
	const struct image *image = c->image;
	size_t planned = c->plan->n * sizeof(*c->plan->planned), utss = image->n_utss * sizeof(*image->utss);
	const struct share nothing = { .n_areas = 0 }, *share = c->share ? c->share : &nothing;
	size_t areas = share->n_areas * sizeof(*share->areas), fills = share->n_fills * sizeof(*share->fills);
	char *maps = procfs_text(getpid(), "maps"), *at;
	struct own_mounts own;

	*in = (struct inherited){
		.n_ptys = image->n_ptys, .pipes = *pipes, .pidfd = c->pidfd, .mem = c->mem, .clone3 = c->clone3,
		.block = MAP_FAILED,
	};
	if (!look_at_own_mounts(&own, image) && maps) {
		in->size = planned + utss + mounts_size(image) + image->n_ptys * sizeof(*in->ptys) + areas + fills +
			   lines_of(maps) * sizeof(*in->unneeded) + 12 * 8;
		in->block = mmap(NULL, in->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	}
	if (in->block == MAP_FAILED) {
		report(errno, "prepare what new processes inherit");
		forget_own_mounts(&own);
		free(maps);
		return -1;
	}
	at = in->block;
	in->planned = put(&at, c->plan->planned, planned);
	in->utss = put(&at, image->utss, utss);
	in->mounts = put_mounts(&at, image, &own);
	forget_own_mounts(&own);
	in->ptys = put_ptys(&at, c);
	in->share = (struct share){
		.window = share->window, .n_areas = share->n_areas, .areas = put(&at, share->areas, areas),
		.n_fills = share->n_fills, .fills = put(&at, share->fills, fills),
	};
	in->first = put(&at, &(pid_t){ 0 }, sizeof(*in->first));
	in->unneeded = (void *)at;
	find_unneeded(in, maps);
	free(maps);
	return 0;
}

void inherit_nothing_else(const struct inherited *in)
{
	for (int i = 0; i < in->n_unneeded; i++)
		munmap((void *)in->unneeded[i].start, in->unneeded[i].end - in->unneeded[i].start);
}

void inherit_done(struct inherited *in)
{
	munmap(in->block, in->size);
	in->block = MAP_FAILED;
}
