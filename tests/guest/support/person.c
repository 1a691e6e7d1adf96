// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>

#include "person.h"
#include "lib/wait.h"

#define BOUND_MS 20000

int person_master(void)
{
	int fd = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC), unlocked = 0;

	return fd < 0 || ioctl(fd, TIOCSPTLCK, &unlocked) ? -1 : fd;
}

int person_slave(int master, int flags)
{
	return ioctl(master, TIOCGPTPEER, flags | O_NOCTTY);
}

const char *person_reads(int master, const char *words)
{
	static char text[8192];
	static size_t used;
	long deadline = now_ms() + BOUND_MS;
	const char *found;

	while (!(found = strstr(text, words))) {
		struct pollfd p = { .fd = master, .events = POLLIN };
		ssize_t n;

		if (now_ms() > deadline || used > sizeof(text) - 2)
			return text;
		if (poll(&p, 1, 100) <= 0)
			continue;
		n = read(master, text + used, sizeof(text) - 1 - used);
		if (n <= 0)
			return text;
		/* A 0 would end the text. */
		for (ssize_t i = 0; i < n; i++)
			if (!text[used + i])
				text[used + i] = '?';
		used += n;
		text[used] = '\0';
	}
	found += strlen(words);
	used -= found - text;
	memmove(text, found, used + 1);
	return NULL;
}

int person_types(int master, const char *keys)
{
	return write(master, keys, strlen(keys)) == (ssize_t)strlen(keys) ? 0 : -1;
}

int person_shell(int master)
{
	int slave;

	if (setsid() < 0)
		return -1;
	slave = person_slave(master, O_RDWR);
	if (slave < 0 || ioctl(slave, TIOCSCTTY, 0))
		return -1;
	for (int fd = 0; fd < 3; fd++)
		if (dup2(slave, fd) != fd)
			return -1;
	if (slave > 2)
		close(slave);
	setenv("PS1", "ready> ", 1);
	execlp("sh", "sh", "-i", NULL);
	return -1;
}
