/* SPDX-License-Identifier: GPL-2.0 */
/* What an image has of open files. */
#ifndef IMAGE_OPEN_H
#define IMAGE_OPEN_H

#include <stdbool.h>
#include <stdint.h>

/* Bytes that belong to the image. */
struct blob {
	uint32_t size;
	unsigned char *data;
};

/* What a file descriptor can refer to.  Each has its own file in cr/kinds, and its own fields in struct open. */
enum open_kind {
	OPEN_REGULAR, OPEN_DIRECTORY,
	OPEN_DEVICE,			/* null, zero, full, random, urandom; a terminal outside that was opened by its name */
	OPEN_PIPE, OPEN_FIFO,
	OPEN_PTY_MASTER, OPEN_PTY_SLAVE,
	OPEN_OUTSIDE,			/* stdin, stdout or stderr: replaced by the restart's own, or by a given file */
	OPEN_PLACE,			/* O_PATH: only a place in the file system */
	OPEN_EVENTFD,
	OPEN_KINDS
};

/* Bytes of a file that are not in one of its holes. */
struct extent {
	uint64_t start;			/* in the file, bytes */
	struct blob data;
};

/* All of a file that no longer has a name. */
struct deleted_file {
	uint32_t uid, gid;
	uint32_t mode;			/* the permissions */
	int64_t atime, mtime;		/* seconds since 1970, and the next nanoseconds */
	uint32_t atime_ns, mtime_ns;
	uint32_t n_extents;
	struct extent *extents;		/* by place, no two overlap; between them are holes */
};

struct open_regular {
	uint64_t position, size;	/* bytes, when it was recorded */
	bool deleted;			/* it has no name any more */
	int32_t same_inode;		/* deleted: the earlier opens[] that has the file, or -1 */
	struct deleted_file file;	/* deleted, and same_inode is -1; else zeros */
};

struct open_directory {
	uint64_t position;
};

struct open_device {
	uint32_t rdev;
};

struct open_pipe {
	uint32_t pipe;			/* pipes[] */
};

struct open_pty {
	uint32_t pty;			/* ptys[] */
};

struct open_outside {
	uint32_t number;		/* of the standard descriptor, 0..2 */
	bool terminal;			/* it was one; else a pipe */
};

struct open_eventfd {
	uint64_t counter;
	bool semaphore;
};

/* An open file description: what dup(), fork() and SCM_RIGHTS share. */
struct open {
	uint32_t kind;			/* which one of the union it has */
	uint32_t flags;			/* O_ACCMODE, O_APPEND, O_NONBLOCK ...; not O_CLOEXEC */
	char *path;			/* as /proc/PID/fd shows it */
	int32_t mounts;			/* mountss[] in which path leads to it; -1: the caller's, or nothing to open */
	union {
		struct open_regular regular;
		struct open_directory directory;
		struct open_device device;
		struct open_pipe pipe;		/* and a fifo */
		struct open_pty pty;		/* both ends */
		struct open_outside outside;
		struct open_eventfd eventfd;
	};
};

/* What open file descriptions refer to that can be the same for several. */

struct pipe {
	uint32_t capacity;		/* F_GETPIPE_SZ */
	bool quiet;			/* a fifo that nobody has opened to write since it was opened: poll() sees no hangup */
	char *path;			/* of a fifo; NULL: a pipe */
	int32_t mounts;			/* as in struct open */
	struct blob bytes;		/* in flight, in order */
};

struct pty {
	uint32_t index;			/* N of /dev/pts/N */
	int32_t mounts;			/* of its master; as in struct open */
	bool locked, packet;
	bool hung_up;			/* nobody has the slave open any more */
	unsigned char termios[60];	/* struct termios2 of <asm/termbits.h> is smaller; rest 0 */
	uint16_t rows, columns, xpixel, ypixel;
	uint32_t uid, gid, mode;	/* of /dev/pts/N; of the mode, the permissions */
	int32_t session;		/* tasks[] that leads the session whose terminal it is, or -1 */
	int32_t foreground;		/* tasks[] one of which is in its foreground group, or -1 */
};

/*
 * The terminal outside the tree that is a standard descriptor in it, for a restart that gives the tree another one in
 * its place.
 */
struct terminal {
	unsigned char termios[60];	/* as in struct pty */
	uint16_t rows, columns, xpixel, ypixel;
	int32_t foreground;		/* tasks[] one of which is in its foreground group, or -1: none is */
};

#endif
