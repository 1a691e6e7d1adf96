// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <sys/ioctl.h>

#include "cr/image/image.h"
#include "pty_master.h"

/*
 * Open the master with the recorded number.  The kernel gives out the lowest free number first, so hold those below
 * until it comes.
 */
int pty_master(uint32_t n)
{
	int held[PTYS_MAX], count = 0, fd = -1;
	unsigned int index = 0;

	while (count < PTYS_MAX) {
		fd = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
		if (fd < 0 || ioctl(fd, TIOCGPTN, &index) || index >= n)
			break;
		held[count++] = fd;
		fd = -1;
	}
	while (count)
		close(held[--count]);
	if (fd >= 0 && index != n) {
		close(fd);
		errno = EBUSY;
		return -1;
	}
	return fd;
}
