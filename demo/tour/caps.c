// SPDX-License-Identifier: GPL-2.0
#include <stdint.h>
#include <unistd.h>
#include <linux/capability.h>
#include <sys/syscall.h>

#include "caps.h"

static int set(uint64_t caps)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = {
		{ .effective = caps, .permitted = caps },
		{ .effective = caps >> 32, .permitted = caps >> 32 },
	};

	return syscall(SYS_capset, &header, data);
}

int caps_keep_only(int cap)
{
	return set(1ULL << cap);
}

int caps_drop_all(void)
{
	return set(0);
}
