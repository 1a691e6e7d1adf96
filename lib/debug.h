/* SPDX-License-Identifier: GPL-2.0 */
/* What a tool does, step by step, on stderr: checkpoint --debug, restart --debug.  It costs one test when it is off. */
#ifndef DEBUG_H
#define DEBUG_H

#include <stdbool.h>

extern bool debugging;

/* Print a line with the milliseconds since the first one, if debugging; the arguments are evaluated only then. */
#define debug(...) do { if (debugging) debug_print(__VA_ARGS__); } while (0)

/* errno is left as it was. */
void debug_print(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
