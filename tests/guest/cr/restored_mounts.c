// SPDX-License-Identifier: GPL-2.0
/* Flags of a container's mounts: a read-only mount is read-only again, and the machine's own mounts do not change. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "calls.h"
#include "lib/procfs.h"
#include "roundtrip.h"
#include "wall.h"

static void set_flags(const char *point, unsigned long flags)
{
	if (mount(NULL, point, NULL, MS_REMOUNT | MS_BIND | flags, NULL))
		wrong("set the flags of %s: errno %d", point, errno);
}

static bool is_read_only(const char *directory)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "%s/written", directory);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 && errno != EROFS)
		wrong("write to %s: errno %d", directory, errno);
	if (fd >= 0)
		close(fd);
	unlink(path);
	return fd < 0;
}

/* All that mountinfo says of the mounts of the caller, but for their numbers. */
static char *mount_options(void)
{
	char *text = procfs_text(getpid(), "mountinfo"), *rest = text, *line, *out = NULL;
	size_t size;
	FILE *f = open_memstream(&out, &size);

	MUST(text && f);
	while ((line = strsep(&rest, "\n")) && *line) {
		char root[64], point[64];
		int used = 0;

		MUST(sscanf(line, "%*d %*d %*s %63s %63s %n", root, point, &used) == 2);
		fprintf(f, "%s %s %s\n", root, point, line + used);
	}
	fclose(f);
	free(text);
	return out;
}

/* What a container has made read-only, and the other flags of its mounts; the machine's are what they were. */
static void read_only_mounts(void)
{
	char *before, *now;
	int fd;

	MUST(!is_read_only("/dev") && !is_read_only("/tmp"));
	contain();
	set_flags("/tmp", MS_RDONLY | MS_NOSUID);
	set_flags("/dev", MS_NOEXEC | MS_NOATIME | MS_NODIRATIME);
	set_flags("/proc", MS_RDONLY | MS_NOEXEC);
	fd = opened(AT_FDCWD, "/tmp", O_RDONLY | O_DIRECTORY);
	before = mount_options();
	record_here();
	now = mount_options();
	if (strcmp(before, now))
		wrong("mounts were: %s and are: %s", before, now);
	MUST(is_read_only("/tmp") && !is_read_only("/dev"));
	MUST(openat(fd, "written", O_WRONLY | O_CREAT, 0600) < 0 && errno == EROFS);
	MUST(open("/proc/sys/kernel/hostname", O_WRONLY) < 0 && errno == EROFS);
}

/* One inside has other flags than the one around it, and each keeps its own; the inner one sees the outer /proc. */
static void read_only_below(void)
{
	volatile uint32_t *word = share_words();

	contain();
	set_flags("/dev", MS_RDONLY);
	set_flags("/proc", MS_NOEXEC);
	if (!plain_clone(CLONE_NEWNS)) {
		set_flags("/dev", 0);
		set_flags("/tmp", MS_RDONLY);
		set_flags("/proc", MS_RDONLY);
		word[0] = 1;
		await_word(&word[1], 1);
		MUST(!is_read_only("/dev") && is_read_only("/tmp"));
		MUST(open("/proc/sys/kernel/hostname", O_WRONLY) < 0 && errno == EROFS);
		word[0] = 2;
		for (;;)
			pause();
	}
	await_word(word, 1);
	record_here();
	MUST(is_read_only("/dev") && !is_read_only("/tmp"));
	close(opened(AT_FDCWD, "/proc/sys/kernel/hostname", O_WRONLY));
	word[1] = 1;
	await_word(word, 2);
}

static const struct subject_row subjects[] = {
	{ "mounts that are read-only", read_only_mounts, WAY_LEFT | WAY_ALL | WAY_CLONE3 },
	{ "mounts that are read-only, and others below", read_only_below, WAY_LEFT | WAY_ALL | WAY_CLONE3 | WAY_DEEPER },
};

/* A place to be restarted in that has other mounts is not the one of before. */
static void elsewhere(void)
{
	struct restored r;

	use_images();
	restored_start(&r, read_only_mounts);
	restored_checkpoint(&r);
	if (!strstr(succeeded(TOOL("sh", "-c", "checkpoint --show image | grep -A 4 mounts:"))->out, "    /tmp: ro nosuid\n"))
		fail("--show does not say what is read-only");
	if (mkdir("/mnt/other", 0700) || mount("tmpfs", "/mnt/other", "tmpfs", 0, NULL))
		broken("mount a file system");
	complained(TOOL("restart", "-i", "image"), 1, "the mount `/mnt/other' was not there, and would be there");
	same_tasks(&r.before, "a restart that was refused");
	if (umount("/mnt/other") || mount("/mnt/other", "/mnt/other", NULL, MS_BIND, NULL) || umount("/mnt/other"))
		broken("mount and unmount");
	restored_restart(&r, WAY_ALL);
	restored_answer(&r);
	restored_end(&r);
}

static const struct function_row functions[] = {
	{ "a restart where other mounts are", elsewhere },
};

static const struct group restored_mounts_groups[] = { SUBJECTS(subjects), FUNCTIONS(functions) };
SUITE(restored_mounts);
