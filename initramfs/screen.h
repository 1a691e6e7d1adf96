/* SPDX-License-Identifier: GPL-2.0 */
/* The machine's own screen and keyboard, where the lesson is mirrored to them. */
#ifndef SCREEN_H
#define SCREEN_H

#include <stddef.h>

/* What the lesson's screens take; the terminal has that size. */
#define SCREEN_COLUMNS	80
#define SCREEN_ROWS	25

/*
 * On a framebuffer, choose the largest font with which the screen has at least SCREEN_COLUMNS and SCREEN_ROWS: one of
 * the kernel's, or one of those enlarged by a whole number.  Returns 0, or -1 and in why, of that size, what is
 * missing: there is no screen, or it is too small.
 */
int screen_fit(char *why, size_t size);

/*
 * Load the keyboard layout of that name.  Returns 0, or -1 and in why, of that size, the reason; a name that is unknown
 * comes with the names that there are.
 */
int keyboard_load(const char *name, char *why, size_t size);

#endif
