/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Predictions: before a chapter shows what happens, its viewer can choose an answer; afterwards the tour says which one
 * came.  The questions that the page and the sheets have are these, by the feed (docs/feed.md).
 *
 * The keys are x, y and z, as a, b, c and the digits have other meanings on every screen.
 */
#ifndef PREDICT_H
#define PREDICT_H

#include <stdbool.h>

#define CHOICES 3

/*
 * Ask: row is where the first choice stands on the terminal, from 1 on, and the others follow it.  Copies the choices.
 * Reports the question to the feed.
 */
void predict_ask(int chapter, const char *text, const char *const choices[CHOICES], int row);

/* Another screen begins: nothing can be chosen until the next question. */
void predict_end(void);

/* Is this key an answer to the question on the screen?  Then keep and report it; a later one replaces it. */
bool predict_take(int key);

/* Mark the answer, if there is one, among the choices on the terminal. */
void predict_mark(void);

/* The key of a choice. */
int predict_key(int choice);

/*
 * The chapter has shown which choice of its question came.  Reports that to the feed, and remembers whether it was
 * predicted.  Returns the answer, or -1 if none was given.
 */
int predict_came(int chapter, int choice);

/* The text of a choice of the last question. */
const char *predict_choice(int choice);

/* How many predictions came true.  *all gets how many there were; a chapter's last one counts. */
int predict_right(int *all);

#endif
