// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <unistd.h>

#include "remote.h"

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
