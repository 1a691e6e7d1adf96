// SPDX-License-Identifier: GPL-2.0
/* Pids: how to read them, for which ones workers ask, and which worker has which at the shared levels. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"

#define NSPID "\nNSpid:"

/* The line NSpid of a file below /proc, which is that of the initial pid namespace: all levels. */
static void read_numbers(const char *path, struct numbers *n)
{
	char buf[4096], *p, *end;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = 0, got;

	if (fd < 0)
		stop_errno("open %s", path);
	while ((got = read(fd, buf + length, sizeof(buf) - 1 - length)) > 0)
		length += got;
	close(fd);
	buf[length] = '\0';
	p = strstr(buf, NSPID);
	if (!p)
		stop("no line NSpid in %s", path);
	n->levels = 0;
	for (p += strlen(NSPID); *p != '\n' && n->levels <= MAX_LEVELS; p = end) {
		n->pid[n->levels] = strtol(p, &end, 10);
		if (end == p)
			stop("the line NSpid in %s cannot be parsed", path);
		n->levels++;
	}
}

void own_numbers(struct numbers *n)
{
	read_numbers("/proc/thread-self/status", n);
}

void numbers_behind(int pidfd, struct numbers *n)
{
	char path[40];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", pidfd);
	read_numbers(path, n);
}

const char *numbers_text(int n, const pid_t *pids)
{
	static char bufs[2][MAX_LEVELS * 12 + 40];
	static int which;
	char *buf = bufs[which ^= 1];
	size_t used = 0;

	buf[0] = '\0';
	for (int i = 0; i < n && used < sizeof(bufs[0]); i++)
		used += snprintf(buf + used, sizeof(bufs[0]) - used, "%s%d", i ? " " : "", pids[i]);
	return buf;
}

void settle(int worker)
{
	int i = shared->settled[worker].n;

	if (i == (int)ARRAY_SIZE(shared->settled[worker].who))
		stop("too many settled processes");
	own_numbers(&shared->settled[worker].who[i]);
	shared->settled[worker].n++;
}

/* The common numbers: consecutive ones, and the greatest there is. */
pid_t common_number(int i)
{
	return i == COMMON - 1 ? NUMBERS - 1 : shared->first + i;
}

static int common_index(int worker, int level, pid_t n)
{
	if (level >= shared_levels_of(worker))
		return -1;
	if (n == NUMBERS - 1)
		return COMMON - 1;
	return n >= shared->first && n < shared->first + COMMON - 1 ? n - shared->first : -1;
}

bool is_common(int worker, int level, pid_t n)
{
	return common_index(worker, level, n) >= 0;
}

bool is_asked_for(int worker, int level, pid_t n)
{
	pid_t first = own_number(worker, level, 0);

	return is_common(worker, level, n) || (n >= first && n < first + POOL);
}

/*
 * At a private level some are small, so that the kernel's choice meets them, some lie where it wraps, and one is
 * the greatest.
 */
pid_t own_number(int worker, int level, int i)
{
	static const pid_t corners[] = { 2, 3, 5, 8, 13, 21, 34, 55, 89, 299, 300, 301, NUMBERS - 1, NUMBERS - 2 };

	if (level < shared_levels_of(worker))
		return shared->first + COMMON + worker * POOL + i;
	return i < (int)ARRAY_SIZE(corners) ? corners[i] : shared->first + i;
}

/*
 * A word for each common number: in its low half how many workers have or may have it now, in its high half how
 * many have begun to ask for it.  True if it is a common number.
 */
bool contend_begin(int worker, int level, pid_t n, uint32_t *before)
{
	int i = common_index(worker, level, n);

	if (i < 0)
		return false;
	*before = __atomic_fetch_add(&shared->common[level][i], 0x10001, __ATOMIC_SEQ_CST);
	return true;
}

bool contend_alone(int worker, int level, pid_t n, uint32_t before, bool is_mine)
{
	int i = common_index(worker, level, n);
	uint32_t now = __atomic_load_n(&shared->common[level][i], __ATOMIC_SEQ_CST);

	return (before & 0xffff) == is_mine && now == before + 0x10001;
}

void contend_end(int worker, int level, pid_t n)
{
	int i = common_index(worker, level, n);

	if (i >= 0)
		__atomic_fetch_sub(&shared->common[level][i], 1, __ATOMIC_SEQ_CST);
}

/*
 * A claim begins when its owner knows of the number and ends before the number is given back: two claims at the
 * same time are two tasks with one number.
 */
void claim(int worker, const struct numbers *n)
{
	for (int level = 0; level < shared_levels_of(worker); level++) {
		uint16_t other = __atomic_exchange_n(&shared->owner[level][n->pid[level]], worker + 1,
						     __ATOMIC_SEQ_CST);

		if (other)
			stop("seed %llu: number %d at level %d was given to worker %d while worker %d had it",
			     (unsigned long long)shared->seed, n->pid[level], level, worker, other - 1);
	}
}

void unclaim(int worker, const struct numbers *n)
{
	for (int level = 0; level < shared_levels_of(worker); level++) {
		uint16_t mine = __atomic_exchange_n(&shared->owner[level][n->pid[level]], 0, __ATOMIC_SEQ_CST);

		if (mine != worker + 1)
			stop("seed %llu: number %d at level %d, of worker %d, was given to worker %d, too",
			     (unsigned long long)shared->seed, n->pid[level], level, worker, mine - 1);
	}
}
