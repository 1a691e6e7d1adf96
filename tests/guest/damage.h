/* SPDX-License-Identifier: GPL-2.0 */
/* Images that are not as they should be, and what the reader says of them. */
#ifndef DAMAGE_H
#define DAMAGE_H

#include <stddef.h>

#include "image.h"

#define IMAGE_FILE "damaged"

/* A sound image of four tasks in two containers, without its last line; damage.c has it. */
extern const char sound_body[];

/* The last line is put behind the body: what the checksum finds is found by others then.  Static. */
const char *sealed(const char *body);

/* The reader takes this file; or it says in one line of its own why not.  Nothing is started by it. */
void accepted(const void *text, size_t size, const char *what);
void rejected(const void *text, size_t size, const char *what);

/* The same, through the program: `restart' refuses it, and the tasks are those that were there before. */
void not_restarted(const void *text, size_t size, const char *what);

#endif
