/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VARIOUS_H
#define VARIOUS_H

/*
 * A subject for restored_start(): a tree with a sample of everything that an image can hold.
 *
 *	init (container)    a thread, a timer, a pipe with bytes in it, a fifo, a pseudoterminal, a directory, a place,
 *	|                   an eventfd, a deleted file that is open twice, memory shared with the worker
 *	|- worker           sleeps; a signal is pending for it
 *	|- zombie
 *	`- inner init       of a container in the container
 *	   `- leaf          in a session of its own
 */
void various_tree(void);

#endif
