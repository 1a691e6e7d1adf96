/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The keys of the guided tour, and the screens that were shown before, for viewers who go back.
 */
#ifndef KEYS_H
#define KEYS_H

#include <stdbool.h>

#include "ui.h"

/* Clear the terminal; a screen begins with it. */
#define KEYS_CLEAR "\033[H\033[2J"

/*
 * Wait for a key that leads away from the screen with this text, escapes included, which is copied.  `b' shows the
 * screens before this one, and Enter leads forward through them again.  Those are only pictures: the tasks in them may
 * be gone.  *jump gets the chapter, 1 to last_chapter, if NAV_JUMP is returned.
 */
enum nav_kind keys_wait(const char *screen, int last_chapter, int *jump);

#endif
