/* SPDX-License-Identifier: GPL-2.0 */
/* Busybox's commands in /bin. */
#ifndef APPLETS_H
#define APPLETS_H

/*
 * Make a link to busybox in /bin for each name in /etc/applets; a program that is there already stays.  What cannot be
 * made is reported.  The archive could hold the links, but unpacking them costs the kernel three to four times as much.
 * Hard links, because each symbolic one would need an inode.
 */
void applets_link(void);

#endif
