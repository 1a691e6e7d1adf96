// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/wait.h"
#include "screen.h"

#define KEYMAPS "/share/keymaps"
#define LOAD_BOUND_MS 5000

static int is_name(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

/* The names of all layouts, as far as there is room. */
static void list_keymaps(char *buf, size_t size)
{
	struct dirent **found;
	int n = scandir(KEYMAPS, &found, is_name, alphasort);
	size_t used = 0;

	buf[0] = '\0';
	for (int i = 0; i < n; i++) {
		if (used < size)
			used += snprintf(buf + used, size - used, " %s", found[i]->d_name);
		free(found[i]);
	}
	if (n >= 0)
		free(found);
}

/* busybox knows the kernel's calls; the map is its standard input.  Returns 0 and the status, or -1 with errno. */
static int run_loadkmap(int map, int *status)
{
	pid_t pid = fork();

	if (!pid) {
		if (dup2(map, STDIN_FILENO) >= 0)
			execl("/bin/busybox", "loadkmap", (char *)NULL);
		_exit(127);
	}
	return pid < 0 ? -1 : wait_bounded(pid, status, 0, LOAD_BOUND_MS);
}

int keyboard_load(const char *name, char *why, size_t size)
{
	char path[128], words[128];
	int map, status, failed;

	snprintf(path, sizeof(path), KEYMAPS "/%s", name);
	map = name[0] && !strchr(name, '/') && name[0] != '.' ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (map < 0) {
		list_keymaps(words, sizeof(words));
		snprintf(why, size, "keymap=%s: there is no such keyboard layout; there are%s", name, words);
		return -1;
	}
	failed = run_loadkmap(map, &status);
	close(map);
	if (!failed && status_ok(status))
		return 0;
	snprintf(why, size, "keymap=%s: loadkmap: %s", name,
		 failed ? strerror(errno) : status_words(status, words, sizeof(words)));
	return -1;
}
