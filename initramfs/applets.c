// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "applets.h"
#include "lib/report.h"

#define LIST "/etc/applets"

void applets_link(void)
{
	char name[64];
	FILE *f;

	if (chdir("/bin") || !(f = fopen(LIST, "re"))) {
		report(errno, "read %s", LIST);
		return;
	}
	while (fgets(name, sizeof(name), f)) {
		name[strcspn(name, "\n")] = '\0';
		if (link("busybox", name) && errno != EEXIST)
			report(errno, "link /bin/%s", name);
	}
	fclose(f);
}
