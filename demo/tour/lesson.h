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

/* How many steps we let the application take before we look at it: half a second. */
#define LESSON_STEPS 4

/* The application as it was recorded. */
struct lesson {
	struct tree before;	/* what /proc said of it */
	struct log *logs;	/* what its programs had said, by before.task[] */
};

/* A chapter shows its screens and returns where the viewer wants to go. */
typedef enum nav_kind chapter(void);

chapter chapter1, chapter2, chapter3, chapter4, chapter5, chapter6, chapter7, chapter8;

/* Start the application, and wait until it has taken some steps.  Returns its root's pid, or -1 after ui_failed(). */
pid_t lesson_start_app(bool show);

/*
 * Record the application, which ends it, and remember its logs.  before is the tree as it was; the lesson owns it from
 * now on.  Returns 0, or -1 after ui_failed(): then the application has been killed.
 */
int lesson_record(bool show, pid_t root, struct tree *before);

/*
 * Call lead() with the recorded application: the one of chapter 2 or, if the viewer has not seen that, one that is
 * started and recorded now.
 */
enum nav_kind lesson_with_image(enum nav_kind (*lead)(const struct lesson *lesson));

/* The recorded application, for chapter 2. */
const struct lesson *lesson_recorded(void);

/* Reset the logs to what they were at the checkpoint: an image records which files were open, not their contents. */
int lesson_put_logs_back(void);

/* A restart, and the screens that show it. */
struct showing {
	int chapter;
	const char *title;	/* that of the first screen, which shows the command `restart' */
	const char *option;	/* for `restart', or NULL */
	bool look_first;	/* leave the tree stopped until the first screen has been seen: it may not live long */
	/* Print what the kernel reports of the tree to the current screen. */
	enum nav_kind (*table)(const struct lesson *lesson, const struct tree *first);
	/* Called when the tree has taken some steps. */
	enum nav_kind (*after)(const struct lesson *lesson, const struct tree *first, const struct tree *now);
};

/* Run `restart', show the result, and kill the tree. */
enum nav_kind lesson_restart(const struct lesson *lesson, const struct showing *s);

/*
 * Wait, bounded, until each of the three inits has taken n more steps; with all, until each task that counts has.
 * Returns 0, or -1 after ui_failed().
 */
int lesson_wait_steps(const struct tree *tree, int n, bool all);

/* The sums of what has happened since the application was recorded. */
struct sums {
	int sent, failed, heard, wrong;
	int ended, stalled;	/* tasks that are dead; tasks that have not taken a step */
};

/*
 * Print a row for each task: its steps when it was recorded and now, and its messages since.  then may be NULL: there
 * is nothing to compare with.  Returns 0, or -1 after ui_failed().
 */
int lesson_print_logs(const struct tree *before, const struct log *then, const struct tree *now, struct sums *sum);

/*
 * Check that messages were heard and none failed, that nothing was wrong, and that all tasks continue: 0, or -1 after
 * ui_failed().
 */
int lesson_check_well(const struct sums *sum);

/* Whose a remembered pid is now: that of the task that is meant, nobody's, or another task's. */
enum fate { FATE_RIGHT, FATE_NOBODY, FATE_STRANGER, FATES };

/* Count, by their fates, the pids that before.task[index] remembers, its parent's aside. */
void lesson_count_fates(const struct lesson *lesson, int index, const struct tree *now, int count[FATES]);

/*
 * Report to the feed the signals that each program that has sent any sends: who has the pid that it signals, and whom it
 * means.  Returns 0, or -1 after ui_failed().
 */
int lesson_report_signals(const struct tree *before, const struct tree *now);

/*
 * Programs remember pids.  For up to max of those that no longer belong to the intended task, print which task has them
 * now; those that some task has come first.  Returns how many were printed.
 */
int lesson_print_fates(const struct lesson *lesson, const struct tree *now, int max);

/*
 * Send SIGHUP to the first task, which then replaces its helper; print the command and the task's log.  success says
 * whether this must work or must fail.  Returns 0, or -1 after ui_failed().
 */
int lesson_renew_helper(pid_t root, bool success);

/* Run fn(arg) in a child and wait for it, bounded.  Returns its exit status, or -1 if it did not exit. */
int lesson_in_child(int (*fn)(void *), void *arg);

/* "EINVAL" for EINVAL and so on for all errors that the calls can return; "ok" for 0. */
const char *errno_name(int error);

#endif
