// SPDX-License-Identifier: GPL-2.0
/*
 * counter LOG - count, twenty times a second
 *
 * It counts twice: in its memory, and in the first line of LOG, from which it reads the number again each time.  If a
 * step is lost or repeated in one of them, the numbers differ.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "line.h"

#define KEY "steps "

static unsigned int read_steps(int fd)
{
	char text[32] = "";

	if (pread(fd, text, sizeof(text) - 1, 0) < 0)
		return ~0U;
	return strncmp(text, KEY, sizeof(KEY) - 1) ? 0 : atoi(text + sizeof(KEY) - 1);
}

int main(int argc, char **argv)
{
	const struct timespec wait = { 0, 50000000 };
	unsigned int steps = 0, wrong = 0;
	int fd = argc == 2 ? open(argv[1], O_RDWR | O_CREAT | O_TRUNC, 0644) : -1;

	if (fd < 0)
		return 2;
	for (;;) {
		struct line line = { .len = 0 };

		wrong += read_steps(fd) != steps;
		line_word(&line, KEY);
		line_number(&line, ++steps);
		line_word(&line, " wrong ");
		line_number(&line, wrong);
		if (line_write(&line, fd))
			return 1;
		nanosleep(&wait, NULL);
	}
}
