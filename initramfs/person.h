/* SPDX-License-Identifier: GPL-2.0 */
/* Who sits at the machine's own screen and keyboard. */
#ifndef PERSON_H
#define PERSON_H

/*
 * Make the screen and the keyboard fit, the keyboard by the layout of that name, "" for the kernel's own.  The lesson
 * runs without them, too: what is missing is reported, in a line each.
 */
void person_prepare(const char *keymap);

/* If something was reported, let it be read before a screen is cleared: until Enter, for some seconds at most. */
void person_let_read(void);

#endif
