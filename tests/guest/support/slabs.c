// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"
#include "proc.h"
#include "lib/wait.h"
#include "slabs.h"

#define SETTLE_MS 10000
#define STEP_MS   100
#define QUIET     5		/* steps without a change are rest */

static const char *const names[] = {
	"anon_vma", "anon_vma_chain", "cred_jar", "files_cache", "filp", "fs_cache", "maple_node", "mm_struct",
	"nsproxy", "pid", "pid_namespace", "radix_tree_node", "sighand_cache", "signal_cache", "task_struct",
	"vm_area_struct", "vma_lock",
};

/* One of them, or pid_2, pid_3, ... for the pids of the levels. */
static bool concerns_clone(const char *name)
{
	unsigned int level;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!strcmp(name, names[i]))
			return true;
	}
	return sscanf(name, "pid_%u", &level) == 1;
}

/*
 * The file stays open.  Otherwise it would be counted itself, but for the times when KFENCE, which takes an object out
 * of its cache now and then, has taken that one.
 */
static void read_slabinfo(char *buf, size_t size)
{
	static int fd = -1;
	size_t used = 0;
	ssize_t n;

	if (fd < 0)
		fd = open("/proc/slabinfo", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		broken("open /proc/slabinfo");
	while ((n = pread(fd, buf + used, size - 1 - used, used)) > 0)
		used += n;
	buf[used] = '\0';
}

static void read_slabs(struct slabs *out)
{
	static char buf[65536];
	struct slab s;

	memset(out, 0, sizeof(*out));	/* to be compared as a whole */
	read_slabinfo(buf, sizeof(buf));
	for (char *line = strtok(buf, "\n"); line; line = strtok(NULL, "\n")) {
		memset(&s, 0, sizeof(s));
		if (sscanf(line, "%23s %ld", s.name, &s.objects) != 2 || !concerns_clone(s.name))
			continue;
		if (out->count == SLABS_MAX)
			fail("more than %d caches in /proc/slabinfo", SLABS_MAX);
		out->slab[out->count++] = s;
	}
	if (!out->count)
		fail("/proc/slabinfo has none of the caches of clone()");
}

static const struct slab *grown(const struct slabs *before, const struct slabs *now, long *was)
{
	for (const struct slab *s = now->slab; s < now->slab + now->count; s++) {
		*was = 0;
		for (int i = 0; i < before->count; i++) {
			if (!strcmp(before->slab[i].name, s->name))
				*was = before->slab[i].objects;
		}
		if (s->objects > *was)
			return s;
	}
	return NULL;
}

void slabs_at_rest(struct slabs *out)
{
	long deadline = now_ms() + SETTLE_MS;
	const char *moving = "";
	struct slabs now;
	int quiet = 0;

	read_slabs(out);
	while (quiet < QUIET && now_ms() < deadline) {
		sleep_ms(STEP_MS);
		read_slabs(&now);
		quiet++;
		for (int i = 0; i < now.count; i++) {
			if (memcmp(&now.slab[i], &out->slab[i], sizeof(now.slab[i]))) {
				moving = now.slab[i].name;
				quiet = 0;
			}
		}
		*out = now;
	}
	if (quiet < QUIET)
		fail("the cache %s does not come to rest within %d ms", moving, SETTLE_MS);
}

const struct slab *slabs_grown(const struct slabs *before, long *was)
{
	long deadline = now_ms() + SETTLE_MS;
	static struct slabs now;
	const struct slab *s;

	do {
		sleep_ms(STEP_MS);
		read_slabs(&now);
		s = grown(before, &now, was);
	} while (s && now_ms() < deadline);
	return s;
}
