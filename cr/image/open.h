/* SPDX-License-Identifier: GPL-2.0 */
/* What an image records of open files. */
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
	OPEN_DEVICE,			/* null, zero, full, random, urandom; a terminal outside, opened by its name */
	OPEN_PIPE, OPEN_FIFO,
	OPEN_PTY_MASTER, OPEN_PTY_SLAVE,
	OPEN_OUTSIDE,			/* stdin, stdout or stderr: replaced by the restart's own, or by a given file */
	OPEN_PLACE,			/* opened with O_PATH: only a place in the file system */
	OPEN_EVENTFD,
	OPEN_KINDS
};

/* Bytes of a file between two of its holes. */
struct extent {
	uint64_t start;			/* offset in the file, in bytes */
	struct blob data;
};

/* The attributes and contents of a file that no longer has a name. */
struct deleted_file {
	uint32_t uid, gid;
	uint32_t mode;			/* the permissions */
	int64_t atime, mtime;		/* seconds since 1970; below, the nanoseconds */
	uint32_t atime_ns, mtime_ns;
	uint32_t n_extents;
	struct extent *extents;		/* sorted by start, no two overlap; between them are holes */
};

struct open_regular {
	uint64_t position, size;	/* bytes, when it was recorded */
	bool deleted;			/* it no longer has a name */
	int32_t same_inode;		/* deleted: the earlier one of opens[] that has the file's contents, or -1 */
	struct deleted_file file;	/* used if deleted and same_inode is -1; else zeros */
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
	uint32_t number;		/* the standard descriptor, 0..2 */
	bool terminal;			/* it was a terminal; else a pipe */
};

struct open_eventfd {
	uint64_t counter;
	bool semaphore;
};

/* An open file description, which descriptors share after dup(), fork() or SCM_RIGHTS. */
struct open {
	uint32_t kind;			/* enum open_kind, which selects the member of the union */
	uint32_t flags;			/* O_ACCMODE, O_APPEND, O_NONBLOCK ...; not O_CLOEXEC */
	char *path;			/* as /proc/PID/fd shows it */
	int32_t mounts;			/* mountss[] in which path leads to it; -1: the caller's, or it has no path */
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

/* Objects to which several open file descriptions can refer. */

struct pipe {
	uint32_t capacity;		/* F_GETPIPE_SZ */
	bool quiet;			/* a fifo without a writer since the reader's open(): no hangup in poll() */
	char *path;			/* that of a fifo; NULL: a pipe */
	int32_t mounts;			/* as in struct open */
	struct blob bytes;		/* in flight, in order */
};

struct pty {
	uint32_t index;			/* N of /dev/pts/N */
	int32_t mounts;			/* those of its master, as in struct open */
	bool locked, packet;
	bool hung_up;			/* nobody has the slave open any more */
	unsigned char termios[60];	/* struct termios2 of <asm/termbits.h> is smaller; rest 0 */
	uint16_t rows, columns, xpixel, ypixel;
	uint32_t uid, gid, mode;	/* owner, group and permissions of /dev/pts/N */
	int32_t session;		/* tasks[]: the leader of the session whose terminal it is, or -1 */
	int32_t foreground;		/* tasks[]: a member of its foreground group, or -1 */
};

/*
 * The terminal outside the tree that some of its tasks have as a standard descriptor.  A restart gives the tree another
 * terminal in its place.
 */
struct terminal {
	unsigned char termios[60];	/* as in struct pty */
	uint16_t rows, columns, xpixel, ypixel;
	int32_t foreground;		/* tasks[]: a member of its foreground group, or -1 */
};

#endif
