// SPDX-License-Identifier: GPL-2.0
#include "checksum.h"

/* Only the header of Debian's libxxhash-dev is needed: it has the whole function. */
#define XXH_INLINE_ALL
#define XXH_NO_INLINE_HINTS 0
#define XXH_NO_LONG_LONG
#define XXH_NO_XXH3
#include <xxhash.h>

uint32_t checksum(const void *data, size_t size)
{
	return XXH32(data, size, 0);
}

uint32_t checksum_of_parts(const struct iovec *part, size_t n)
{
	XXH32_state_t state;

	XXH32_reset(&state, 0);
	for (size_t i = 0; i < n; i++)
		XXH32_update(&state, part[i].iov_base, part[i].iov_len);
	return XXH32_digest(&state);
}
