// SPDX-License-Identifier: GPL-2.0
/*
 * The second task of a tree is refused after the first has been recorded: checkpoint says why, and the tree continues.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <sys/file.h>

#include "roundtrip.h"

/* init - a child that holds a lock on a file */
static void locked_below(void)
{
	volatile uint32_t *locked = share_words();

	if (!fork()) {
		int fd = open("locked", O_RDWR | O_CREAT, 0600);

		MUST(!flock(fd, LOCK_EX));
		*locked = 1;
		for (;;)
			pause();
	}
	await_word(locked, 1);
	ready();
	for (;;)
		pause();
}

static void lock_is_named(void)
{
	struct restored r;

	use_images();
	restored_start(&r, locked_below);
	complained(TOOL("checkpoint", "-o", "image", number(r.root)), 1, "is held on it");
	restored_compare(&r, WAY_LEFT);
	restored_end(&r);
}

static const struct function_row functions[] = { { "a lock, held by the second task", lock_is_named } };

static const struct group refused_late_groups[] = { FUNCTIONS(functions) };

SUITE(refused_late);
