// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"
#include "inject.h"
#include "kmemleak.h"
#include "lib/wait.h"

#define KMEMLEAK DEBUGFS "/kmemleak"

/* It does not report what is younger than 5 seconds. */
#define AGE_MS 6000

/* Returns when the search is over; an error if kmemleak has switched itself off. */
static void scan(void)
{
	int fd = open(KMEMLEAK, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, "scan", 4) != 4)
		broken("write scan to " KMEMLEAK);
	close(fd);
}

/* The whole report goes to the console, its first object into the verdict. */
static void read_report(void)
{
	char line[256], first[256] = "";
	int objects = 0;
	FILE *f = fopen(KMEMLEAK, "re");

	if (!f)
		broken("open " KMEMLEAK);
	while (fgets(line, sizeof(line), f)) {
		fputs(line, stdout);
		if (strncmp(line, "unreferenced object", 19))
			continue;
		line[strcspn(line, "\n")] = '\0';
		if (!objects++)
			snprintf(first, sizeof(first), "%s", line);
	}
	if (ferror(f))
		broken("read " KMEMLEAK);
	fclose(f);
	fflush(stdout);
	if (objects)
		fail("%d lost; the first: %s", objects, first);
}

/* An object that has changed since the search before is not reported: hence two of them. */
void kmemleak_is_silent(void)
{
	mount_debugfs();
	sleep_ms(AGE_MS);
	scan();
	scan();
	read_report();
}
