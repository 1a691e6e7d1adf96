/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What several chapters need: the application and its image, trees that end with the chapter, and the logs of the
 * application's programs.
 */
#ifndef LESSON_H
#define LESSON_H

#include "lib/clone_with_pids.h"
#include "command.h"
#include "logs.h"
#include "lib/tree.h"
#include "ui.h"

/* The application's folder, with its logs in log/; and the image.  A viewer can look at them. */
#define LESSON_FOLDER "/tmp/lesson"
#define LESSON_LOGS   LESSON_FOLDER "/log"
#define LESSON_IMAGE  "/tmp/lesson.img"

/* How many steps the application takes before it is looked at: half a second. */
#define LESSON_STEPS 4

/* The application as it was recorded. */
struct lesson {
	struct tree before;	/* what /proc said of it */
	struct log *logs;	/* what its programs had said, by before.task[] */
};

/* A chapter shows its screens and returns where the viewer wants to go. */
typedef enum nav_kind chapter(void);

chapter chapter1, chapter2, chapter3, chapter4, chapter5, chapter6, chapter7, chapter8;

/* Start the application, and wait until it has taken some steps.  Its first task's pid, or -1 after ui_failed(). */
pid_t lesson_start_app(bool show);

/*
 * Record the application, which ends with that, and remember its logs.  before is the tree as it was; it is the
 * lesson's from now on.  0, or -1 after ui_failed(); then the application has been ended.
 */
int lesson_record(bool show, pid_t root, struct tree *before);

/*
 * Call lead() with the recorded application: that of chapter 2 or, if that has not been seen, one that is started and
 * recorded now.
 */
enum nav_kind lesson_with_image(enum nav_kind (*lead)(const struct lesson *lesson));

/* Chapter 2 sees it as it was recorded, too. */
const struct lesson *lesson_recorded(void);

/* Reset the logs to what they were at the checkpoint: an image records which files were open, not their contents. */
int lesson_put_logs_back(void);

/* A restart, and the screens about it. */
struct showing {
	int chapter;
	const char *title;	/* of the first screen, on which `restart' stands */
	const char *option;	/* of `restart', or NULL */
	bool look_first;	/* leave the tree stopped until the first screen has been seen: it may not live long */
	/* On the screen that has been begun, what the kernel reports of the tree. */
	enum nav_kind (*table)(const struct lesson *lesson, const struct tree *first);
	/* When the tree has taken some steps. */
	enum nav_kind (*after)(const struct lesson *lesson, const struct tree *first, const struct tree *now);
};

/* Run `restart', show what comes of it, and end it. */
enum nav_kind lesson_restart(const struct lesson *lesson, const struct showing *s);

/*
 * Wait until each of the three inits has taken n more steps or, with all, each of the tasks that count.  Bounded; 0, or
 * -1 after ui_failed().
 */
int lesson_wait_steps(const struct tree *tree, int n, bool all);

/* What has happened since the application was recorded, summed up. */
struct sums {
	int sent, failed, heard, wrong;
	int ended, stalled;	/* tasks that are dead, or have not taken a step */
};

/*
 * Print a row a task: its steps when it was recorded and now, and its messages since.  then may be NULL: against
 * nothing.  0, or -1 after ui_failed().
 */
int lesson_print_logs(const struct tree *before, const struct log *then, const struct tree *now, struct sums *sum);

/*
 * Check that messages were heard and none failed, that nothing was wrong, and that all tasks continue: 0, or -1 after
 * ui_failed().
 */
int lesson_check_well(const struct sums *sum);

/*
 * For up to max of the remembered pids that no longer belong to the task that is meant, print which task has them now;
 * first those that a task has.  Returns how many were printed.
 */
int lesson_print_fates(const struct lesson *lesson, const struct tree *now, int max);

/*
 * Send SIGHUP to the first task, which then replaces its helper; print the command and the task's log.  success says
 * whether this must work or must fail.  Returns 0, or -1 after ui_failed().
 */
int lesson_renew_helper(pid_t root, bool success);

/* Run fn(arg) in a child and wait; its exit status, or -1 when it was not one.  Bounded. */
int lesson_in_child(int (*fn)(void *), void *arg);

/* "EINVAL" for EINVAL, "ok" for 0, of the errors that the calls can return. */
const char *errno_name(int error);

#endif
