/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Running the lesson's tools as a person does: by their command lines, in an empty folder, and looking at what they
 * say, how they end and which tasks there are afterwards.
 */
#ifndef TOOL_H
#define TOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "harness.h"

/*
 * The case's process gets a mount namespace with an empty folder as its working directory, and becomes the parent of
 * what tools leave running.  Call first.
 */
void use_tools(void);

/* What a program said, and how it ended: its exit status, or 128 + N if signal N killed it. */
struct said {
	int status;
	char out[8192], err[4096];
};

/* Run a program to its end, and meanwhile reap whoever else ends.  The answer is static. */
const struct said *run_tool(const char *const *argv);
#define TOOL(...) run_tool((const char *const[]){ __VA_ARGS__, NULL })

/* A file without a name, outside of the folder that the tools see; and what was written to it, which closes it. */
int scratch_file(void);
void read_back(int fd, char *buf, size_t size);

/* One that goes on: it is given its standard input by write(in), and says a line at a time. */
struct running {
	pid_t pid;
	int in, out;
};

struct running start_tool(const char *const *argv);
#define START(...) start_tool((const char *const[]){ __VA_ARGS__, NULL })

/* The next line that it says, without the newline. */
void read_line(const struct running *r, char *line, size_t size);

/* Close its standard input and wait for it; its status as in struct said. */
int finish_tool(struct running *r);

/* Exit status 0 and no complaint; returns what was said, for more to be asked of it. */
const struct said *succeeded(const struct said *s);

/* Exit status 0, nothing on standard output, and a remark in which these words stand. */
const struct said *remarked(const struct said *s, const char *words);

/* This exit status, nothing on standard output, and a complaint in which these words stand (NULL: any). */
const struct said *complained(const struct said *s, int status, const char *words);

/* The one number that is all it said. */
long said_number(const struct said *s);

/* The thread groups that there are, the kernel's own threads left out. */
struct tasks {
	int n;
	pid_t pid[512];
};

void list_tasks(struct tasks *tasks);

/* The same tasks as before: none has been left, none is missing. */
void same_tasks(const struct tasks *before, const char *after_what);

/* "PATH holds this text": write a file; the folder's only entries are these (names in one string, by spaces). */
void write_file(const char *path, const void *text, size_t size);
void folder_holds(const char *path, const char *names);

/* A number as text, static, four at a time. */
const char *number(long n);

#endif
