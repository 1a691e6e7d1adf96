// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "free_memory.h"
#include "report.h"

/* How much is left for others, and how much is admitted at most before /proc is read again. */
#define KEPT_BYTES (512UL << 10)
#define STEP_BYTES (4UL << 20)

uint64_t memory_available(void)
{
	FILE *f = fopen("/proc/meminfo", "re");
	uint64_t bytes = UINT64_MAX, slab = 0;
	char line[128];

	while (f && fgets(line, sizeof(line), f)) {
		if (!strncmp(line, "MemAvailable:", 13))
			bytes = strtoull(line + 13, NULL, 10) * 1024;
		if (!strncmp(line, "SReclaimable:", 13))
			slab = strtoull(line + 13, NULL, 10) * 1024;
	}
	if (f)
		fclose(f);
	/* Where all files are in memory, their inodes stay: what the kernel calls reclaimable is not. */
	return bytes == UINT64_MAX ? bytes : bytes > slab ? bytes - slab : 0;
}

bool memory_admit(size_t size)
{
	static uint64_t admitted;
	uint64_t available, left;

	if (size > admitted) {
		available = memory_available();
		if (available < (uint64_t)size + KEPT_BYTES) {
			errno = ENOMEM;
			return false;
		}
		left = available - size - KEPT_BYTES;
		admitted = size + (left < STEP_BYTES ? left : STEP_BYTES);
	}
	admitted -= size;
	return true;
}

void memory_go_first(void)
{
	FILE *f = fopen("/proc/self/oom_score_adj", "we");

	if (!f || fputs("1000", f) < 0 || fclose(f))
		report(errno, "set oom_score_adj");
}
