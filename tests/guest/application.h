/* SPDX-License-Identifier: GPL-2.0 */
/* The application, as it is started, recorded and brought back by the tools.  Call use_tools() first. */
#ifndef APPLICATION_H
#define APPLICATION_H

#include <stdbool.h>

#include "image.h"
#include "tool.h"

#define IMAGE "image"

/* Start it, and wait until each task has counted and each message has been answered.  The first task's pid. */
pid_t start_application(void);

/* The tree below its first task, of as many tasks as the application has. */
void read_application(struct tree *tree, pid_t root);

/*
 * It goes on: each task knows what it knew, counts on from the recorded number, and is heard; and no message is lost
 * or reaches a stranger.
 */
void goes_on(pid_t root, const struct image *from);

/* It goes on, and messages get lost, or reach strangers. */
void goes_astray(pid_t root, const struct image *from);

/* Record it into IMAGE, which must kill it; the image. */
void record_application(pid_t root, struct image *image);

/* Both of that: start it, record it. */
void recorded_application(struct image *image);

/* The same pids at all levels of the image from this one on; the tree now may be some levels deeper. */
void same_pids(const struct image *image, int first_level, pid_t root, int deeper);

/* What pidtable says of the pids, parents, groups and sessions of the tree; the caller frees it. */
char *pidtable_of(pid_t root);

/* End it: all its tasks are gone. */
void end_application(pid_t root);

/*
 * What an image says of itself when it is read by the test: the tool's own reader must accept it.
 */
void read_image(struct image *image, const char *path);

#endif
