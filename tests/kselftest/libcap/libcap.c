// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/capability.h>
#include <sys/syscall.h>

#define N_CAPS (_LINUX_CAPABILITY_U32S_3 * 32)

/* What the test takes it for. */
struct cap {
	struct __user_cap_header_struct head;
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
};

cap_t cap_get_proc(void)
{
	cap_t caps = calloc(1, sizeof(*caps));

	if (!caps)
		return NULL;
	caps->head.version = _LINUX_CAPABILITY_VERSION_3;
	if (syscall(SYS_capget, &caps->head, caps->data)) {
		free(caps);
		return NULL;
	}
	return caps;
}

int cap_free(void *caps)
{
	free(caps);
	return 0;
}

int cap_clear(cap_t caps)
{
	memset(caps->data, 0, sizeof(caps->data));
	return 0;
}

static __u32 *bits(struct __user_cap_data_struct *data, cap_flag_t flag)
{
	switch (flag) {
	case CAP_EFFECTIVE:
		return &data->effective;
	case CAP_PERMITTED:
		return &data->permitted;
	default:
		return &data->inheritable;
	}
}

int cap_set_flag(cap_t caps, cap_flag_t flag, int n, const cap_value_t *values, cap_flag_value_t value)
{
	for (int i = 0; i < n; i++) {
		__u32 *word;

		if (values[i] < 0 || values[i] >= N_CAPS) {
			errno = EINVAL;
			return -1;
		}
		word = bits(&caps->data[CAP_TO_INDEX(values[i])], flag);
		if (value == CAP_SET)
			*word |= CAP_TO_MASK(values[i]);
		else
			*word &= ~CAP_TO_MASK(values[i]);
	}
	return 0;
}

int cap_set_proc(cap_t caps)
{
	return syscall(SYS_capset, &caps->head, caps->data);
}
