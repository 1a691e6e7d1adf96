/* SPDX-License-Identifier: GPL-2.0 */
/* What programs expect around them: file systems, names in /dev, an environment. */
#ifndef SURROUNDINGS_H
#define SURROUNDINGS_H

/*
 * Mount the file systems, and make the links in /dev that devtmpfs does not have; a link that cannot be made is
 * reported.  Returns NULL, or what could not be mounted, with errno.
 */
const char *surroundings_mount(void);

/* Set the host's name, PATH, HOME, TERM and the working folder.  What cannot be set is reported. */
void surroundings_name(void);

#endif
