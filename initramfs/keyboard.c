// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/wait.h"
#include "screen.h"

#define KEYMAPS "/share/keymaps.tar.gz"
#define LOAD_BOUND_MS 5000

/* Is it there?  buf gets the names of all layouts, as far as there is room. */
static bool find_keymap(const char *name, char *buf, size_t size)
{
	FILE *names = popen("tar -tzf " KEYMAPS, "r");
	bool found = false;
	size_t used = 0;
	char line[32];

	buf[0] = '\0';
	while (names && fgets(line, sizeof(line), names)) {
		line[strcspn(line, "\n")] = '\0';
		found |= !strcmp(line, name);
		if (used < size)
			used += snprintf(buf + used, size - used, " %s", line);
	}
	if (names)
		pclose(names);
	return found;
}

/* busybox knows the kernel's calls, and reads the map.  Returns 0 and the status, or -1 with errno. */
static int run_loadkmap(const char *name, int *status)
{
	pid_t pid = fork();

	if (!pid) {
		execl("/bin/sh", "sh", "-c", "tar -xzOf " KEYMAPS " \"$0\" | loadkmap", name, (char *)NULL);
		_exit(127);
	}
	return pid < 0 ? -1 : wait_bounded(pid, status, 0, LOAD_BOUND_MS);
}

int keyboard_load(const char *name, char *why, size_t size)
{
	char words[128];
	int status, failed;

	if (!find_keymap(name, words, sizeof(words))) {
		snprintf(why, size, "keymap=%s: there is no such keyboard layout; there are%s", name, words);
		return -1;
	}
	failed = run_loadkmap(name, &status);
	if (!failed && status_ok(status))
		return 0;
	snprintf(why, size, "keymap=%s: loadkmap: %s", name,
		 failed ? strerror(errno) : status_words(status, words, sizeof(words)));
	return -1;
}
