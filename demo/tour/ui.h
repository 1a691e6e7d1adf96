/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The screens of the tour.
 *
 * A screen is 80x25: a title, the text, and in the guided tour a line with the keys at the bottom.  A chapter prints to
 * ui_out(); ui_show() or ui_pause() shows the text, and ui_pause() checks that it fits.  In auto mode the same screens
 * appear one below the other, without colour and without waiting.
 */
#ifndef UI_H
#define UI_H

#include <stdbool.h>
#include <stdio.h>

#include "predict.h"

/* Where to go from a screen.  NAV_ON is 0, so that `if (ui_pause())' means "leave". */
enum nav_kind { NAV_ON = 0, NAV_BACK, NAV_REPEAT, NAV_JUMP, NAV_LEAVE, NAV_FAILED };

enum colour { COLOUR_NONE, COLOUR_TITLE, COLOUR_GOOD, COLOUR_BAD, COLOUR_ASK, COLOUR_CALL };

/* Set up.  With guided, wait for keys on stdin.  last_chapter is the highest digit that jumps to a chapter. */
void ui_start(bool guided, int last_chapter);

/* Begin a chapter; 0 is the welcome.  Its screens are counted from 1, for those who follow the tour by the feed. */
void ui_chapter(int chapter, const char *title);

/* Begin a screen; part and parts number the screens of a chapter. */
void ui_screen(int chapter, const char *title);

/* The screen's stream. */
FILE *ui_out(void);

/* Print lines to the screen, all in one colour. */
void ui_print(enum colour colour, const char *format, ...) __attribute__((format(printf, 2, 3)));
#define ui_text(...) ui_print(COLOUR_NONE, __VA_ARGS__)

/* Show what has been printed so far, before something that takes a while. */
void ui_show(void);

/*
 * Show the screen and wait for a key.  Returns where the key leads, or NAV_FAILED if the screen did not fit.  Unless it
 * is NAV_ON, the chapter's function cleans up and returns it.
 */
enum nav_kind ui_pause(void);

/* End the screen with a question to the viewer, and answers to choose from; otherwise as ui_pause(). */
enum nav_kind ui_predict(const char *question, const char *const choices[CHOICES]);

/*
 * Tell which choice of the chapter's question came, on the screen that shows it.  If the viewer had chosen one, this
 * prints a line about that, and returns true.
 */
bool ui_reveal(int choice);

/* The chapter that NAV_JUMP leads to. */
int ui_jump_target(void);

/* Say why a chapter failed, on a screen of its own in the guided tour.  Returns NAV_FAILED. */
enum nav_kind ui_failed(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The reason that ui_failed() was given last. */
const char *ui_failure(void);

#endif
