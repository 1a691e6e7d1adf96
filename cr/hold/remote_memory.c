// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <unistd.h>
#include <sys/uio.h>

#include "cr/image/image.h"
#include "remote.h"

int remote_read(const struct remote *r, unsigned long address, void *buf, size_t size)
{
	ssize_t n = pread(r->mem, buf, size, (off_t)address);

	if (n >= 0 && (size_t)n != size)
		errno = EFAULT;
	return n == (ssize_t)size ? 0 : -1;
}

/*
 * From process to process the kernel copies once, and by way of /proc/TID/mem twice; but that also reads and writes what
 * the task itself may not.
 */
int remote_read_own(const struct remote *r, unsigned long address, void *buf, size_t size)
{
	struct iovec to = { buf, size }, from = { (void *)address, size };

	if (process_vm_readv(r->tid, &to, 1, &from, 1, 0) == (ssize_t)size)
		return 0;
	return remote_read(r, address, buf, size);
}

int remote_write(const struct remote *r, unsigned long address, const void *buf, size_t size)
{
	struct iovec from = { (void *)buf, size }, to = { (void *)address, size };
	ssize_t n = size < PAGE_BYTES ? -1 : process_vm_writev(r->tid, &from, 1, &to, 1, 0);

	if (n != (ssize_t)size)
		n = pwrite(r->mem, buf, size, (off_t)address);
	if (n >= 0 && (size_t)n != size)
		errno = EFAULT;
	return n == (ssize_t)size ? 0 : -1;
}
