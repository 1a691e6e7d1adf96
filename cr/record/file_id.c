// SPDX-License-Identifier: GPL-2.0
/* Use the kernel's own header: the C library's statx() does not know mount ids. */
#include <errno.h>
#include <unistd.h>
#include <linux/stat.h>
#include <sys/syscall.h>

#include "file_id.h"

int file_id(struct file_id *id, int directory, const char *path, int flags)
{
	struct statx s;

	if (syscall(SYS_statx, directory, path, flags, STATX_BASIC_STATS | STATX_MNT_ID, &s))
		return -1;
	if (!(s.stx_mask & STATX_MNT_ID)) {
		errno = EOPNOTSUPP;
		return -1;
	}
	*id = (struct file_id){
		.major = s.stx_dev_major, .minor = s.stx_dev_minor, .ino = s.stx_ino, .mount = s.stx_mnt_id,
		.mode = s.stx_mode, .size = s.stx_size,
		.mtime_ns = s.stx_mtime.tv_sec * 1000000000ULL + s.stx_mtime.tv_nsec,
	};
	return 0;
}
