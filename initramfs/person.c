// SPDX-License-Identifier: GPL-2.0
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

#include "lib/report.h"
#include "person.h"
#include "screen.h"

#define READING_TIME_MS 8000

static bool reported;

static void lacks(const char *why)
{
	report(0, "%s", why);
	reported = true;
}

void person_prepare(const char *keymap)
{
	char why[256];

	if (screen_fit(why, sizeof(why)))
		lacks(why);
	if (keymap[0] && keyboard_load(keymap, why, sizeof(why)))
		lacks(why);
}

void person_let_read(void)
{
	struct pollfd keys = { STDIN_FILENO, POLLIN, 0 };

	if (!reported)
		return;
	printf("The lesson goes on in %d seconds, or with Enter.\n", READING_TIME_MS / 1000);
	fflush(stdout);
	poll(&keys, 1, READING_TIME_MS);
	tcflush(STDIN_FILENO, TCIFLUSH);
}
