// SPDX-License-Identifier: GPL-2.0
/* The memory of a held task, and calls with arguments in it. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "remote.h"

#define PAGE 4096UL

int remote_read(const struct remote *r, unsigned long address, void *buf, size_t size)
{
	ssize_t n = pread(r->mem, buf, size, (off_t)address);

	if (n >= 0 && (size_t)n != size)
		errno = EFAULT;
	return n == (ssize_t)size ? 0 : -1;
}

int remote_write(const struct remote *r, unsigned long address, const void *buf, size_t size)
{
	ssize_t n = pwrite(r->mem, buf, size, (off_t)address);

	if (n >= 0 && (size_t)n != size)
		errno = EFAULT;
	return n == (ssize_t)size ? 0 : -1;
}

unsigned long remote_put(struct remote *r, const void *data, size_t size)
{
	unsigned long address = r->scratch + r->scratch_used;

	if (!r->scratch || size > PAGE - r->scratch_used) {
		errno = ENOMEM;
		return 0;
	}
	if (remote_write(r, address, data, size))
		return 0;
	r->scratch_used += (size + 7) & ~7UL;
	return address;
}

void remote_drop(struct remote *r)
{
	r->scratch_used = 0;
}

long remote_call_with(struct remote *r, long number, int at, const void *data, size_t size, const unsigned long args[6])
{
	unsigned long filled[6];
	long ret;

	memcpy(filled, args, sizeof(filled));
	filled[at] = remote_put(r, data, size);
	ret = filled[at] ? remote_call(r, number, filled) : REMOTE_FAILED;
	remote_drop(r);
	return ret;
}
