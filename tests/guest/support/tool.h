/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Run the lesson's tools as a person does, by their command lines, in an empty folder.  Look at what they say, how they
 * end, and which tasks exist afterwards.
 */
#ifndef TOOL_H
#define TOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "harness.h"

/*
 * Give the case's process a mount namespace with an empty folder as its working directory, and make it the reaper of
 * what the tools leave running.  Call this first.
 */
void use_tools(void);

/* What a program said, and how it ended: its exit status, or 128 + N if signal N killed it. */
struct said {
	int status;
	char out[8192], err[4096];
};

/* Run a program to its end, and reap all other children that end meanwhile.  The result is static. */
const struct said *run_tool(const char *const *argv);
#define TOOL(...) run_tool((const char *const[]){ __VA_ARGS__, NULL })

/* Open a file without a name, outside the folder that the tools see; read back what was written to it, and close it. */
int scratch_file(void);
void read_back(int fd, char *buf, size_t size);

/* A program that keeps running: write(in) is its standard input, and read_line() reads its output line by line. */
struct running {
	pid_t pid;
	int in, out;
};

struct running start_tool(const char *const *argv);
#define START(...) start_tool((const char *const[]){ __VA_ARGS__, NULL })

/* The next line that it says, without the newline. */
void read_line(const struct running *r, char *line, size_t size);

/* Close its standard input and wait for it.  Returns its status as in struct said. */
int finish_tool(struct running *r);

/* Check for exit status 0 and no complaint.  Returns s, so that calls can be chained. */
const struct said *succeeded(const struct said *s);

/* Check for exit status 0, nothing on standard output, and a remark with these words. */
const struct said *remarked(const struct said *s, const char *words);

/* Check for this exit status, nothing on standard output, and a complaint with these words (NULL: any). */
const struct said *complained(const struct said *s, int status, const char *words);

/* Return the number that is all the tool printed. */
long said_number(const struct said *s);

/* All thread groups, without the kernel's own threads. */
struct tasks {
	int n;
	pid_t pid[512];
};

void list_tasks(struct tasks *tasks);

/* Check that there are the same tasks as before: none is left over, none is missing. */
void same_tasks(const struct tasks *before, const char *after_what);

/* Write a file; check that these are the folder's only entries (names in one string, separated by spaces). */
void write_file(const char *path, const void *text, size_t size);
void folder_holds(const char *path, const char *names);

/* A number as text, in one of four static buffers. */
const char *number(long n);

#endif
