/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a case reports its result to the runner: records in a pipe, each a letter and a text that ends with a 0.
 * Only harness.c and runner.c need this.
 */
#ifndef VERDICT_H
#define VERDICT_H

#define VERDICT_SIZE 512	/* less than PIPE_BUF */

#define VERDICT_PASS 'P'
#define VERDICT_FAIL 'F'
#define VERDICT_SKIP 'S'
#define VERDICT_NOTE 'N'	/* no verdict, only a text */

extern int verdict_fd;

void verdict_pass(void) __attribute__((noreturn));

#endif
