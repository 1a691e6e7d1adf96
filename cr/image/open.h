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

/* What a file descriptor can refer to. */
enum open_kind {
	OPEN_REGULAR, OPEN_DIRECTORY,
	OPEN_DEVICE,			/* by path: null, zero, full, random, urandom; a terminal outside */
	OPEN_PIPE, OPEN_FIFO,
	OPEN_PTY_MASTER, OPEN_PTY_SLAVE,
	OPEN_OUTSIDE,			/* stdin, stdout or stderr: a restart puts its own here, or what it is told to */
	OPEN_PLACE,			/* by path, with O_PATH: no more than a place in the file system */
	OPEN_EVENTFD,			/* position: its count; object: 1 if it is a semaphore */
	OPEN_KINDS
};

/* Bytes of a file that are not in one of its holes. */
struct extent {
	uint64_t start;			/* in the file, bytes */
	struct blob data;
};

/* Of a file that has no name any more: all of it.  A reader of its inode finds the same again. */
struct deleted_file {
	uint32_t uid, gid;
	int64_t atime, mtime;		/* seconds since 1970, and the next nanoseconds */
	uint32_t atime_ns, mtime_ns;
	uint32_t n_extents;
	struct extent *extents;		/* by place, no two overlap; between them are holes */
};

/* An open file description: what dup(), fork() and SCM_RIGHTS share. */
struct open {
	uint32_t kind;
	uint32_t flags;			/* O_ACCMODE, O_APPEND, O_NONBLOCK ...; not O_CLOEXEC */
	uint64_t position;
	uint32_t object;		/* pipes[] for OPEN_PIPE and OPEN_FIFO, ptys[] for the two ptys; OPEN_OUTSIDE: 0..2 */
	uint32_t rdev;			/* OPEN_DEVICE; OPEN_OUTSIDE: of the terminal that it was, 0: it was a pipe */
	uint64_t size;			/* OPEN_REGULAR: when it was recorded */
	uint32_t mode;			/* OPEN_REGULAR: type and permissions */
	bool deleted;			/* OPEN_REGULAR: it has no name any more, file is all of it */
	int32_t same_inode;		/* OPEN_REGULAR, deleted: the earlier opens[] that has the file, or -1 */
	char *path;			/* as /proc/PID/fd shows it; NULL for pipes and what is outside */
	int32_t mounts;			/* mountss[] in which path leads to it; -1: the caller's, or nothing to open */
	struct deleted_file file;	/* OPEN_REGULAR, deleted, and same_inode is -1; else zeros */
};

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
	struct blob to_slave, to_master;
};

/*
 * The terminal outside of the tree that is a standard descriptor in it: for a restart that gives the tree one in its
 * place.
 */
struct terminal {
	unsigned char termios[60];	/* as in struct pty */
	uint16_t rows, columns, xpixel, ypixel;
	int32_t foreground;		/* tasks[] one of which is in its foreground group, or -1: none is */
};

#endif
