/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What several chapters need: the image that they restart, trees that die with
 * the chapter, and a look at what the application's messages came to.
 */
#ifndef LESSON_H
#define LESSON_H

#include "image.h"
#include "restart.h"
#include "ui.h"

/* The image of chapter 2; a viewer can look at it from the shell. */
#define LESSON_IMAGE "/tmp/lesson.img"

/* How many steps the application takes before it is looked at: half a second. */
#define LESSON_STEPS 25

/* A chapter leads through its screens; it returns where the viewer wants to go. */
typedef enum nav_kind chapter(void);

chapter chapter1, chapter2, chapter3, chapter4, chapter5, chapter6, chapter7;

/*
 * Call lead() with the recorded application: the image that is there or, if
 * chapter 2 has not been seen, one that is made now.
 */
enum nav_kind lesson_with_image(enum nav_kind (*lead)(const struct image *image));

/*
 * Restart the image, let it take some steps, call show() with the tree as the
 * kernel reports it now, and end it.
 */
enum nav_kind lesson_restart(const struct image *image, enum restart_method method,
			     enum nav_kind (*show)(const struct image *image, const struct tree *now));

/* Wait until each task below root has taken n more steps.  Bounded; 0, or -1 when reported. */
int lesson_wait_steps(pid_t root, unsigned int n);

/* What became of the messages since the image was made, summed up. */
struct messages {
	unsigned int steps, sent, answered, heard, lost, strange;
};

/*
 * Print a row a task: the counter as recorded and now, and the messages since.
 * Returns 0 and the sums, or -1 when an error has been reported.
 */
int lesson_messages(const struct image *before, const struct tree *now, struct messages *sum);

/* Run fn(arg) in a child and wait; its exit status, or -1 when it was not one.  Bounded. */
int lesson_in_child(int (*fn)(void *), void *arg);

/* "EINVAL" for EINVAL, "ok" for 0, of the errors that the calls can return. */
const char *errno_name(int error);

#endif
