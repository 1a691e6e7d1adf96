// SPDX-License-Identifier: GPL-2.0
/* The creator's side of shared memory: see cr/plan/share.h. */
#include <errno.h>
#include <unistd.h>
#include <asm/unistd.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "process.h"

int create_map_window(const struct inherited *in)
{
	for (uint32_t i = 0; i < in->share.n_areas; i++) {
		const struct share_area *a = &in->share.areas[i];
		void *p = mmap((void *)(unsigned long)a->at, a->end - a->start, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | a->flags, -1, 0);

		if (p == MAP_FAILED)
			return -1;
	}
	return 0;
}

/* Read bytes of the restarting program's memory into the window. */
static int read_memory(int fd, const struct share_fill *f)
{
	uint32_t done = 0;

	while (done < f->size) {
		ssize_t n = pread(fd, (char *)(unsigned long)f->to + done, f->size - done, (off_t)f->from + done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			errno = n ? errno : EFAULT;
			return -1;
		}
		done += n;
	}
	return 0;
}

int create_fill_window(const struct inherited *in, int index)
{
	const struct share *s = &in->share;
	uint32_t i = share_first_fill(s->fills, s->n_fills, index);
	int fd, ret = 0;

	if (i == s->n_fills || s->fills[i].before != index)
		return 0;
	fd = syscall(__NR_pidfd_getfd, in->pidfd, in->mem, 0);
	if (fd < 0)
		return -1;
	for (; !ret && i < s->n_fills && s->fills[i].before == index; i++)
		ret = read_memory(fd, &s->fills[i]);
	close(fd);
	return ret;
}
